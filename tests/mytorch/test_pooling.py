"""MaxPool2d against PyTorch: windows that overlap, leave gaps, do not tile, and tie."""

import numpy as np
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mytorch import nn

ONE_OR_PAIR = st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4)))


@settings(deadline=None, max_examples=120)
@given(
    n=st.integers(1, 3),
    channels=st.integers(1, 3),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    kernel=ONE_OR_PAIR,
    stride=st.none() | ONE_OR_PAIR,
    ties=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_agrees_with_pytorch(agrees, n, channels, size, kernel, stride, ties, seed):
    kh, kw = np.broadcast_to(kernel, 2)
    assume(size[0] >= kh and size[1] >= kw)
    x = np.random.default_rng(seed).standard_normal((n, channels, *size))
    # Few different values, as after a ReLU: the first maximum gets the gradient, once.
    x = np.maximum(np.round(x), 0) if ties else x
    agrees(nn.MaxPool2d(kernel, stride), torch.nn.MaxPool2d(kernel, stride), x)
