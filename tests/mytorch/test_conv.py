"""Conv2d against PyTorch over its whole geometry, and its memory."""

import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mytorch import nn

ONE_OR_PAIR = lambda least, most: st.one_of(  # noqa: E731
    st.integers(least, most), st.tuples(st.integers(least, most), st.integers(least, most))
)


@settings(deadline=None, max_examples=120)
@given(
    n=st.integers(1, 3),
    channels=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    kernel=ONE_OR_PAIR(1, 4),
    stride=ONE_OR_PAIR(1, 4),
    padding=ONE_OR_PAIR(0, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_agrees_with_pytorch(agrees, n, channels, size, kernel, stride, padding, seed):
    kh, kw = np.broadcast_to(kernel, 2)
    ph, pw = np.broadcast_to(padding, 2)
    assume(size[0] + 2 * ph >= kh and size[1] + 2 * pw >= kw)
    rng = np.random.default_rng(seed)
    layer = nn.Conv2d(*channels, kernel, stride, padding, rng=rng, dtype=np.float64)
    layer.b[:] = rng.standard_normal(channels[1])
    agrees(
        layer,
        torch.nn.Conv2d(*channels, kernel, stride, padding),
        rng.standard_normal((n, channels[0], *size)),
    )


def test_a_second_call_starts_afresh(agrees):
    """Scratch memory is reused: nothing of other batches, larger or smaller, may shine through."""
    rng = np.random.default_rng(0)
    layer = nn.Conv2d(2, 3, 3, stride=2, padding=1, rng=rng, dtype=np.float64)
    for shape in [(2, 2, 6, 6), (2, 2, 6, 6), (3, 2, 5, 7), (2, 2, 6, 6)]:
        agrees(layer, torch.nn.Conv2d(2, 3, 3, 2, 1), rng.standard_normal(shape))


def test_outputs_are_not_written_over():
    rng = np.random.default_rng(0)
    layer = nn.Conv2d(2, 3, 3, padding=1, rng=rng, dtype=np.float64)
    x = rng.standard_normal((2, 2, 5, 5))
    first = layer.forward(x)
    kept = first.copy()
    gradient = layer.backward(first)
    gradient_kept = gradient.copy()
    layer.backward(layer.forward(2 * x))
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(gradient, gradient_kept)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_backward_twice_after_one_forward(dtype):
    """Scratch memory that the first backward wrote must not be taken for the forward's."""
    rng = np.random.default_rng(0)
    layer = nn.Conv2d(2, 3, 3, stride=2, padding=1, rng=rng, dtype=np.float64)
    y = layer.forward(rng.standard_normal((2, 2, 6, 5)).astype(dtype))
    first = [layer.backward(y), layer.dW.copy(), layer.db.copy()]
    second = [layer.backward(y), layer.dW, layer.db]
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_strided_input(agrees):
    """Views that are not contiguous, as a transposed batch of images is."""
    x = np.random.default_rng(0).standard_normal((2, 6, 7, 3)).transpose(0, 3, 1, 2)[:, :, ::-1]
    layer = nn.Conv2d(3, 2, 3, padding=1, rng=0, dtype=np.float64)
    agrees(layer, torch.nn.Conv2d(3, 2, 3, padding=1), x)


def test_memory():
    """Forward and backward together stay below three im2col matrices."""
    layer = nn.Conv2d(16, 32, 3, padding=1, rng=0)
    x, g = np.ones((16, 16, 16, 16), np.float32), np.ones((16, 32, 16, 16), np.float32)
    im2col = 16 * 16 * 16 * (16 * 9) * 4
    tracemalloc.start()
    try:
        for _ in range(2):
            y = layer.forward(x)
            layer.backward(g)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert y.shape == g.shape
    assert im2col < peak < 3 * im2col


@pytest.mark.parametrize(
    "arguments",
    [{"kernel_size": 0}, {"kernel_size": (3,)}, {"kernel_size": 3, "stride": 0},
     {"kernel_size": 3, "padding": -1}, {"kernel_size": 2.5}],
)  # fmt: skip
def test_impossible_geometry(arguments):
    with pytest.raises(ValueError, match=r"Conv2d: \w+: got .*wants one integer or two"):
        nn.Conv2d(1, 1, **arguments)
