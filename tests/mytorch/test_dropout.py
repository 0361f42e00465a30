"""Dropout is random: its distribution, its mode, its seed, its gradient."""

import numpy as np
import pytest

from mytorch import nn


@pytest.mark.parametrize("p", [0.1, 0.5, 0.98])
def test_values_and_their_mean(p):
    x = np.full((400, 500), 3.0)
    y = nn.Dropout(p, rng=0).forward(x)
    assert set(np.round(np.unique(y), 9)) == {0.0, round(3 / (1 - p), 9)}
    n = x.size
    assert np.mean(y == 0) == pytest.approx(p, abs=5 * np.sqrt(p * (1 - p) / n))
    assert y.mean() == pytest.approx(3, abs=5 * 3 * np.sqrt(p / (1 - p) / n))


def test_gradient_takes_the_mask_of_the_output():
    layer = nn.Dropout(0.3, rng=0)
    x = np.random.default_rng(1).uniform(1, 2, (20, 30))
    y = layer.forward(x)
    np.testing.assert_allclose(layer.backward(2 * np.ones_like(x)), 2 * y / x, rtol=1e-14)


def test_masks_differ_from_call_to_call_and_repeat_with_the_seed():
    x = np.ones((10, 10))
    one, other = nn.Dropout(0.5, rng=3), nn.Dropout(0.5, rng=3)
    first, second = one.forward(x), one.forward(x)
    assert (first != second).any()
    np.testing.assert_array_equal(other.forward(x), first)
    np.testing.assert_array_equal(other.forward(x.astype(np.float32)), second)


def test_evaluation_is_the_identity():
    layer = nn.Dropout(0.9, rng=0).eval()
    x = np.random.default_rng(0).standard_normal((5, 6))
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x), x)
    assert (layer.train().forward(np.ones((50, 50))) == 0).any()


@pytest.mark.parametrize("p", [-0.1, 1, float("nan")])
def test_impossible_probability(p):
    with pytest.raises(ValueError, match="wants 0 ≤ p < 1"):
        nn.Dropout(p)
