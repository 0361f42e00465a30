"""Correlation against SciPy, NumPy, PyTorch and exact integer sums."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.csci5527_hw3.p2_correlation import correlation
from problems.csci5527_hw3.p2_correlation.correlation import (
    C_w,
    C_x,
    correlate1d,
    correlate2d,
    correlate_multichannel,
)

WAYS = ("auto", "direct", "fft")
sizes = st.integers(1, 24)


def exact_1d(x, y):
    """The definition of part (a), in Python integers."""
    n1, n2 = len(x), len(y)
    return [
        sum(int(x[i]) * int(y[i + k - n1 + 1]) for i in range(n1) if 0 <= i + k - n1 + 1 < n2)
        for k in range(n1 + n2 - 1)
    ]


def random_array(rng, shape, dtype):
    if np.issubdtype(dtype, np.complexfloating):
        return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(dtype)
    if np.issubdtype(dtype, np.floating):
        return rng.standard_normal(shape).astype(dtype)
    if dtype == np.bool_:
        return rng.integers(0, 2, shape).astype(bool)
    info = np.iinfo(dtype)
    return rng.integers(max(info.min, -1000), min(info.max, 1000), shape, endpoint=True).astype(
        dtype
    )


def assert_close(actual, expected, tolerance=1e-10):
    assert actual.shape == expected.shape
    scale = np.abs(expected).max()
    assert np.abs(actual - expected).max() <= tolerance * scale


@pytest.mark.parametrize("method", WAYS)
def test_the_example_of_part_a(method):
    out = correlate1d([3, 2, 1], [4, 6, 3, 9], method=method)
    assert out.tolist() == [4, 14, 27, 33, 27, 27]
    assert out.dtype == np.int64


@pytest.mark.parametrize("method", WAYS)
@settings(max_examples=40, deadline=None)
@given(n1=sizes, n2=sizes, complex_=st.booleans(), seed=st.integers(0, 2**32 - 1))
def test_vectors_agree_with_numpy(method, n1, n2, complex_, seed):
    rng = np.random.default_rng(seed)
    dtype = complex if complex_ else float
    x, y = random_array(rng, n1, dtype), random_array(rng, n2, dtype)
    assert_close(correlate1d(x, y, method=method), np.correlate(y, x, "full"))


@pytest.mark.parametrize("method", WAYS)
@settings(max_examples=40, deadline=None)
@given(
    shape1=st.tuples(sizes, sizes),
    shape2=st.tuples(sizes, sizes),
    complex_=st.tuples(st.booleans(), st.booleans()),
    seed=st.integers(0, 2**32 - 1),
)
def test_matrices_agree_with_scipy(method, shape1, shape2, complex_, seed):
    rng = np.random.default_rng(seed)
    x = random_array(rng, shape1, complex if complex_[0] else float)
    y = random_array(rng, shape2, complex if complex_[1] else float)
    expected = scipy.signal.correlate2d(y, x, mode="full")
    assert_close(correlate2d(x, y, method=method), expected)


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize(
    ("small", "large"),
    [((33, 40), (70, 75)), ((3, 3), (200, 201)), ((1, 40), (64, 1)), ((97, 1), (1, 211))],
)
def test_large_matrices_both_ways_round(method, small, large):
    """Several blocks of windows, sizes with large prime factors, and either one the larger."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal(small), rng.standard_normal(large)
    assert_close(correlate2d(x, y, method=method), scipy.signal.correlate(y, x, method="direct"))
    assert_close(correlate2d(y, x, method=method), scipy.signal.correlate(x, y, method="direct"))


@settings(max_examples=50, deadline=None)
@given(shape1=st.tuples(sizes, sizes), shape2=st.tuples(sizes, sizes), seed=st.integers(0, 999))
def test_swapping_the_arguments_reverses_and_conjugates(shape1, shape2, seed):
    rng = np.random.default_rng(seed)
    x, y = random_array(rng, shape1, complex), random_array(rng, shape2, complex)
    assert_close(correlate2d(x, y), correlate2d(y, x)[::-1, ::-1].conj())


@pytest.mark.parametrize("method", WAYS)
@settings(max_examples=60, deadline=None)
@given(
    x=st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=9),
    y=st.lists(st.integers(-(2**19), 2**19), min_size=1, max_size=40),
)
def test_integers_are_exact(method, x, y):
    """Up to the edge of int64, beyond what float64 holds."""
    out = correlate1d(np.array(x), np.array(y), method=method)
    assert out.dtype == np.int64
    assert out.tolist() == exact_1d(x, y)


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize("peak", [2**8, 2**20, 2**26])
def test_large_integer_images_are_exact(method, peak):
    """The FFT is rounded where that is sure, and left where it is not."""
    rng = np.random.default_rng(peak)
    x = rng.integers(-peak, peak, (20, 30), endpoint=True)
    y = rng.integers(-peak, peak, (90, 80), endpoint=True)
    expected = scipy.signal.correlate2d(y, x)  # int64 throughout, and nothing overflows here
    np.testing.assert_array_equal(correlate2d(x, y, method=method), expected)


def test_the_fft_is_really_used_for_integers(monkeypatch):
    """On an 8-bit image with a template, exactness must not cost the speed of the FFT."""
    used = []
    fft = correlation._fft
    monkeypatch.setattr(correlation, "_fft", lambda x, y: used.append(x.shape) or fft(x, y))
    rng = np.random.default_rng(0)
    correlate2d(
        rng.integers(0, 256, (65, 80), dtype=np.uint8),
        rng.integers(0, 256, (512, 512), dtype=np.uint8),
    )
    assert used


def test_small_filters_go_direct_and_templates_by_fft():
    assert correlation._cheaper((3, 3, 1), (512, 512, 1)) == "direct"
    assert correlation._cheaper((512, 512, 1), (3, 3, 1)) == "direct"
    assert correlation._cheaper((65, 80, 1), (512, 512, 1)) == "fft"


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize(
    ("first", "second"),
    list(itertools.product((np.bool_, np.uint8, np.int16, np.uint64), repeat=2)),
)
def test_narrow_integers_do_not_wrap(method, first, second):
    rng = np.random.default_rng(1)
    x, y = random_array(rng, 20, first), random_array(rng, 30, second)
    out = correlate1d(x, y, method=method)
    assert out.dtype == np.int64
    assert out.tolist() == exact_1d(x, y)


def test_integers_beyond_int64_are_refused():
    with pytest.raises(OverflowError, match="beyond int64"):
        correlate1d([2**32, 2**32], [2**31, 2**31])
    with pytest.raises(OverflowError, match="beyond int64"):
        correlate1d([-(2**63)], [1])
    assert correlate1d([2**62], [1]).tolist() == [2**62]


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize(
    ("first", "second", "result", "tolerance"),
    [
        (np.float16, np.float16, np.float16, 5e-4),
        (np.float32, np.float32, np.float32, 2e-6),
        (np.uint8, np.float32, np.float32, 2e-6),
        (np.float64, np.float32, np.float64, 1e-12),
        (np.int64, np.float64, np.float64, 1e-12),
        (np.longdouble, np.float64, np.longdouble, 1e-12),
        (np.complex64, np.float32, np.complex64, 2e-6),
        (np.float64, np.complex64, np.complex128, 1e-12),
        (np.bool_, np.complex128, np.complex128, 1e-12),
        (np.clongdouble, np.clongdouble, np.clongdouble, 1e-12),
    ],
)
def test_types_are_those_of_the_product(method, first, second, result, tolerance):
    rng = np.random.default_rng(2)
    x, y = random_array(rng, (4, 5), first), random_array(rng, (13, 11), second)
    out = correlate2d(x, y, method=method)
    assert out.dtype == result
    wide = np.complex128 if np.iscomplexobj(out) else np.float64
    assert_close(out, scipy.signal.correlate2d(y.astype(wide), x.astype(wide)), tolerance)


@pytest.mark.parametrize("method", WAYS)
def test_half_precision_is_rounded_once(method):
    """Sums of 0.1 in float16 itself would stop growing at 256."""
    x = np.full((60, 80), 0.1, dtype=np.float16)
    expected = correlate2d(x.astype(float), x.astype(float)).astype(np.float16)
    np.testing.assert_allclose(correlate2d(x, x, method=method), expected, rtol=2e-3, atol=1e-4)


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_missing_pixel_spoils_only_what_it_touches(method, bad):
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((3, 4)), rng.standard_normal((20, 30))
    clean = correlate2d(x, y)
    y[7, 9] = bad
    out = correlate2d(x, y, method=method)
    touched = np.zeros(out.shape, dtype=bool)
    touched[7 : 7 + 3, 9 : 9 + 4] = True
    np.testing.assert_array_equal(~np.isfinite(out), touched)
    np.testing.assert_allclose(out[~touched], clean[~touched], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize("order", ["reversed", "transposed", "fortran", "read-only"])
def test_any_memory_layout_and_arguments_stay_as_they_are(method, order):
    rng = np.random.default_rng(4)
    x, y = rng.standard_normal((5, 4)), rng.standard_normal((21, 17))
    y = {
        "reversed": lambda a: a[::-1, ::-1],
        "transposed": lambda a: a.T,
        "fortran": np.asfortranarray,
        "read-only": lambda a: np.broadcast_to(a[0], a.shape),
    }[order](y)
    before = x.copy(), y.copy()
    out = correlate2d(x, y, method=method)
    assert_close(out, scipy.signal.correlate2d(y, x))
    assert out.flags.c_contiguous
    assert out.flags.writeable
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


def conv2d(x, y, bias=0.0):
    """PyTorch's Conv2d, padded to the full size."""
    h, w, depth = x.shape
    layer = torch.nn.Conv2d(depth, 1, (h, w), padding=(h - 1, w - 1)).to(torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(x).permute(2, 0, 1)[None])
        layer.bias.fill_(bias)
        return layer(torch.from_numpy(y).permute(2, 0, 1)[None])[0, 0].numpy()


@pytest.mark.parametrize("method", WAYS)
@settings(max_examples=25, deadline=None)
@given(
    shape=st.tuples(*[st.integers(1, 7)] * 2),
    big=st.tuples(*[st.integers(1, 14)] * 2),
    depth=st.integers(1, 6),
    bias=st.sampled_from([0.0, -1.5]),
    seed=st.integers(0, 999),
)
def test_channels_agree_with_conv2d_and_with_both_definitions(
    method, shape, big, depth, bias, seed
):
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((*shape, depth)), rng.standard_normal((*big, depth))
    out = correlate_multichannel(x, y, bias, method=method)
    assert_close(out, conv2d(x, y, bias), 1e-11)
    assert_close(out, sum(correlate2d(x[:, :, d], y[:, :, d]) for d in range(depth)) + bias, 1e-11)
    # The degenerate 3D correlation: full in three axes, of which only the middle depth counts.
    full = scipy.signal.correlate(y, x, method="direct")
    assert_close(out, full[:, :, depth - 1] + bias, 1e-11)


def test_the_size_of_part_g():
    rng = np.random.default_rng(5)
    x, y = rng.standard_normal((3, 3, 50)), rng.standard_normal((50, 50, 50))
    out = correlate_multichannel(x, y)
    assert out.shape == (52, 52)
    assert_close(out, conv2d(x, y), 1e-13)


def test_integer_channels_stay_exact_with_an_integer_bias():
    x, y = np.ones((2, 2, 3), dtype=np.uint8), np.full((2, 2, 3), 255, dtype=np.uint8)
    out = correlate_multichannel(x, y, 1)
    assert out.tolist() == [[766, 1531, 766], [1531, 3061, 1531], [766, 1531, 766]]
    assert out.dtype == np.int64
    assert correlate_multichannel(x, y).dtype == np.int64


def test_c_w_as_written_in_part_b():
    assert C_w([1, 2, 3], 4).tolist() == [
        [3, 0, 0, 0],
        [2, 3, 0, 0],
        [1, 2, 3, 0],
        [0, 1, 2, 3],
        [0, 0, 1, 2],
        [0, 0, 0, 1],
    ]


def test_c_x_as_written_in_part_c():
    assert C_x([1, 2, 3, 4], 3).tolist() == [
        [0, 0, 1],
        [0, 1, 2],
        [1, 2, 3],
        [2, 3, 4],
        [3, 4, 0],
        [4, 0, 0],
    ]


@settings(max_examples=50, deadline=None)
@given(n1=sizes, n2=sizes, seed=st.integers(0, 999), complex_=st.booleans())
def test_both_matrices_reproduce_the_correlation(n1, n2, seed, complex_):
    rng = np.random.default_rng(seed)
    dtype = complex if complex_ else float
    w, x = random_array(rng, n1, dtype), random_array(rng, n2, dtype)
    expected = np.correlate(x, w, "full")
    assert_close(C_w(w, n2) @ x, expected)
    assert_close(C_x(x, n1) @ w.conj(), expected)


@pytest.mark.parametrize("method", WAYS)
def test_empty_and_misshapen_arguments_name_the_shapes(method):
    image, vector = np.ones((3, 4)), np.ones(3)
    for x, y, words in [
        (np.ones(0), vector, r"correlate1d: x is empty; got x \(0,\) and y \(3,\)"),
        (vector, np.ones(0), r"correlate1d: y is empty; got x \(3,\) and y \(0,\)"),
        (image, vector, r"correlate1d: x must have 1 axes, not 2; got x \(3, 4\) and y \(3,\)"),
        (vector, 1.0, r"correlate1d: y must have 1 axes, not 0; got x \(3,\) and y \(\)"),
    ]:
        with pytest.raises(ValueError, match=words):
            correlate1d(x, y, method=method)
    for x, y, words in [
        (np.ones((0, 3)), image, r"correlate2d: z1 is empty; got z1 \(0, 3\) and z2 \(3, 4\)"),
        (image, np.ones((3, 0)), r"correlate2d: z2 is empty; got z1 \(3, 4\) and z2 \(3, 0\)"),
        (image, np.ones((3, 3, 1)), r"z2 must have 2 axes, not 3; got z1 \(3, 4\) and z2 \(3,"),
    ]:
        with pytest.raises(ValueError, match=words):
            correlate2d(x, y, method=method)
    cube = np.ones((2, 2, 3))
    for x, y, words in [
        (cube, np.ones((5, 5, 2)), r"depths differ, x \(2, 2, 3\) and y \(5, 5, 2\)"),
        (np.ones((2, 2, 1)), cube, r"depths differ, x \(2, 2, 1\) and y \(2, 2, 3\)"),
        (cube, image, r"y must have 3 axes, not 2; got x \(2, 2, 3\) and y \(3, 4\)"),
        (np.ones((2, 2, 0)), cube, r"x is empty; got x \(2, 2, 0\) and y \(2, 2, 3\)"),
    ]:
        with pytest.raises(ValueError, match=words):
            correlate_multichannel(x, y, method=method)


def test_other_mistakes_are_told():
    with pytest.raises(TypeError, match="z1 must be numeric, not <U1"):
        correlate2d([["a"]], [[1]])
    with pytest.raises(ValueError, match="method 'fast' is not one of auto, direct, fft"):
        correlate2d([[1]], [[1]], method="fast")
    with pytest.raises(ValueError, match=r"C_w: w \(3,\) slides over a vector of length 0"):
        C_w([1, 2, 3], 0)
    with pytest.raises(ValueError, match=r"C_x: x is empty; got x \(0,\)"):
        C_x([], 3)
    with pytest.raises(ValueError, match=r"C_x: a filter of length 0 slides over x \(2,\)"):
        C_x([1, 2], 0)


def test_fast_lengths_are_the_next_ones_without_large_factors():
    for n in range(1, 600):
        fast = correlation._fast_length(n)
        assert fast == min(
            2**a * 3**b * 5**c * 7**d
            for a, b, c, d in itertools.product(range(11), range(7), range(5), range(4))
            if 2**a * 3**b * 5**c * 7**d >= n
        )
