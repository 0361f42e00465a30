"""Initial weights: distribution, reproducibility and errors."""

import math

import pytest
import scipy.stats
import torch

from problems.dl_hw1.p5_initialization.initialization import initialize_weights

# fan_in ≠ fan_out: a formula with the two exchanged has another standard deviation.
EXPECTED = {"small_random": 0.01, "xavier": math.sqrt(2 / 1000), "he": math.sqrt(2 / 800)}


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("method", "σ"), EXPECTED.items())
def test_weights_are_normal_with_the_variance_of_the_text(method, σ):
    w = initialize_weights((800, 200), method, generator())
    assert w.shape == (800, 200)
    assert w.dtype == torch.float32
    assert not w.requires_grad
    # 160,000 draws: the standard deviation is known to 0.2 %, here to four times that.
    assert w.std().item() == pytest.approx(σ, rel=8e-3)
    assert scipy.stats.kstest(w.flatten()[:5000].numpy() / σ, "norm").pvalue > 1e-3


def test_zero_is_zero_and_draws_nothing():
    g = generator()
    before = g.get_state()
    assert torch.equal(initialize_weights((3, 2), "zero", g), torch.zeros(3, 2))
    assert torch.equal(g.get_state(), before)


def test_without_a_generator_it_is_that_of_pytorch():
    torch.manual_seed(1)
    assert torch.equal(
        initialize_weights((4, 5), "he"), initialize_weights((4, 5), "he", generator(1))
    )


def test_mistakes_are_told():
    message = "method 'kaiming' is not one of zero, small_random, xavier, he"
    with pytest.raises(ValueError, match=message):
        initialize_weights((2, 3), "kaiming")
    for shape in [(3,), (2, 3, 4), (0, 3), (3, -1)]:
        with pytest.raises(ValueError, match="is not \\(fan_in, fan_out\\), both at least 1"):
            initialize_weights(shape, "he")
