"""Batch normalisation: PyTorch, the two backward passes, running statistics, hard numbers."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mytorch import nn

PAIRS = {
    2: (nn.BatchNorm1d, torch.nn.BatchNorm1d),
    3: (nn.BatchNorm1d, torch.nn.BatchNorm1d),
    4: (nn.BatchNorm2d, torch.nn.BatchNorm2d),
}


def random_case(shape, seed, **options):
    """A layer with random γ and β, and an input with a mean and a scale of its own."""
    rng = np.random.default_rng(seed)
    layer = PAIRS[len(shape)][0](shape[1], dtype=np.float64, **options)
    layer.gamma[:], layer.beta[:] = rng.standard_normal((2, shape[1]))
    return layer, 3 * rng.standard_normal(shape) + 5, rng.standard_normal(shape)


shapes = st.integers(2, 4).flatmap(
    lambda ndim: st.tuples(st.integers(2, 5), *[st.integers(1, 4)] * (ndim - 1))
)
seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=40)
@given(shape=shapes, seed=seeds, eps=st.sampled_from([1e-5, 1e-2]), momentum=st.floats(0, 1))
def test_agrees_with_pytorch(agrees, shape, seed, eps, momentum):
    layer, x, _ = random_case(shape, seed, eps=eps, momentum=momentum)
    peer = PAIRS[len(shape)][1](shape[1], eps=eps, momentum=momentum)
    # Two batches in training, then one in evaluation: the running statistics take part in it.
    agrees(layer, peer, x)
    peer.zero_grad()
    agrees(layer, peer, 2 * x - 1)
    np.testing.assert_allclose(layer.running_mean, peer.running_mean.numpy(), rtol=1e-10)
    np.testing.assert_allclose(layer.running_var, peer.running_var.numpy(), rtol=1e-10)
    layer.eval()
    peer.eval().zero_grad()
    agrees(layer, peer, x)


def test_one_value_per_channel():
    layer, x, g = random_case((1, 4), 0)
    np.testing.assert_array_equal(layer.forward(x), layer.beta[None])
    np.testing.assert_array_equal(layer.backward(g), np.zeros((1, 4)))
    np.testing.assert_array_equal(layer.running_var, np.ones(4))


def test_large_mean_in_single_precision():
    """E[x²] − E[x]² is negative here; the centred sum is not."""
    x = (np.random.default_rng(0).standard_normal((1000, 1)) + 3000).astype(np.float32)
    y = nn.BatchNorm1d(1).forward(x)
    assert y.dtype == np.float32
    reference = (x - x.astype(float).mean()) / x.astype(float).std()
    np.testing.assert_allclose(y, reference, atol=2e-3)


def test_half_precision_does_not_overflow():
    """16 384 values of about 100 per channel sum to more than 65 504."""
    rng = np.random.default_rng(0)
    x = (100 + rng.standard_normal((16, 2, 32, 32))).astype(np.float16)
    layer = nn.BatchNorm2d(2, dtype=np.float16)
    y = layer.forward(x)
    dx = layer.backward(np.ones_like(y))
    assert y.dtype == dx.dtype == layer.dgamma.dtype == np.float16
    assert np.isfinite(y).all()
    assert np.std(y.astype(float)) == pytest.approx(1, abs=0.01)
