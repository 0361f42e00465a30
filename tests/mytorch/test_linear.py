"""Linear against PyTorch, against numbers worked out by hand, and its initial weights."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mytorch import nn

DIM = st.integers(1, 9)


@settings(deadline=None, max_examples=40)
@given(batch=DIM, inputs=DIM, outputs=DIM, seed=st.integers(0, 2**32 - 1))
def test_agrees_with_pytorch(agrees, batch, inputs, outputs, seed):
    rng = np.random.default_rng(seed)
    layer = nn.Linear(inputs, outputs, rng=rng, dtype=np.float64)
    layer.b[:] = rng.standard_normal(outputs)
    agrees(layer, torch.nn.Linear(inputs, outputs), rng.standard_normal((batch, inputs)))


@pytest.mark.parametrize(
    ("init", "variance"), [("xavier", 2 / (300 + 500)), ("he", 2 / 300), (0.02, 0.02**2)]
)
def test_initial_variance(init, variance):
    layer = nn.Linear(300, 500, init=init, rng=0)
    # 150 000 draws: the sample variance is within 2 % with overwhelming probability.
    assert np.var(layer.W) == pytest.approx(variance, rel=0.02)
    assert abs(np.mean(layer.W)) < 0.02 * np.sqrt(variance)
    assert not layer.b.any()


def test_same_seed_same_weights_in_every_dtype():
    single, double = (nn.Linear(4, 3, rng=7, dtype=d) for d in (np.float32, np.float64))
    assert (single.W.dtype, double.W.dtype) == (np.float32, np.float64)
    np.testing.assert_array_equal(single.W, double.W.astype(np.float32))


@pytest.mark.parametrize("init", ["glorot", -1.0, None])
def test_unknown_init(init):
    with pytest.raises(ValueError, match="'xavier', 'he' or a standard deviation"):
        nn.Linear(3, 2, init=init)


def test_parameters_may_be_replaced():
    """A notebook that assigns `layer.W` gets gradients of the new array's dtype and shape."""
    layer = nn.Linear(3, 2)
    layer.W, layer.b = np.ones((2, 3)), np.zeros(2)
    layer.forward(np.ones((4, 3)))
    layer.backward(np.full((4, 2), 1 / 3))
    assert layer.dW.dtype == np.float64
    np.testing.assert_allclose(layer.dW, 4 / 3, rtol=1e-15)
