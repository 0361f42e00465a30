"""ReLU and Sigmoid: PyTorch, the ends of the number line, the kink."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mytorch import nn

SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=5)


@pytest.mark.parametrize(
    ("layer", "peer"), [(nn.ReLU, torch.nn.ReLU), (nn.Sigmoid, torch.nn.Sigmoid)]
)
@settings(deadline=None, max_examples=40)
@given(x=hnp.arrays(np.float64, SHAPES, elements=st.floats(-1e4, 1e4)))
def test_agrees_with_pytorch(agrees, layer, peer, x):
    agrees(layer(), peer(), x)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("far", [1e2, 1e4])
def test_sigmoid_at_the_ends(dtype, far):
    layer = nn.Sigmoid()
    x = np.array([-far, 0, far], dtype)
    with np.errstate(all="raise"):
        y = layer.forward(x)
        dx = layer.backward(np.ones_like(x))
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_allclose(y, [0, 0.5, 1], atol=1e-40)
    np.testing.assert_allclose(dx, [0, 0.25, 0], atol=1e-40)


def test_sigmoid_keeps_its_relative_accuracy_in_the_left_tail():
    """(1 + tanh(x/2)) / 2 would give 0 here, and clipping at ±30 would give 9e-14."""
    y = nn.Sigmoid().forward(np.array([-40.0, -700.0]))
    np.testing.assert_allclose(y, np.exp([-40.0, -700.0]), rtol=1e-14)
