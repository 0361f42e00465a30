"""Correlation against SciPy and exact integer sums; kinds of numbers; mistakes."""

import itertools

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.csci5527_hw3.p2_correlation import correlation
from problems.csci5527_hw3.p2_correlation.correlation import (
    correlate1d,
    correlate2d,
    correlate_multichannel,
)
from problems.csci5527_hw3.p2_correlation.derivations import index_formula

WAYS = ("auto", "direct", "fft")
sizes = st.integers(1, 24)
shapes = st.tuples(sizes, sizes)
seeds = st.integers(0, 2**32 - 1)


def exact_1d(x, y):
    """The definition of part (a), in Python integers."""
    return index_formula(np.array(x, dtype=object), np.array(y, dtype=object)).tolist()


def assert_close(actual, expected, tolerance=1e-10):
    assert actual.shape == expected.shape
    assert np.abs(actual - expected).max() <= tolerance * np.abs(expected).max()


@pytest.mark.parametrize("method", WAYS)
@settings(max_examples=40, deadline=None)
@given(first=shapes, second=shapes, seed=seeds)
def test_matrices_agree_with_scipy(method, first, second, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal(first), rng.standard_normal(second)
    before = x.copy(), y.copy()
    out = correlate2d(x, y, method=method)
    assert_close(out, scipy.signal.correlate2d(y, x, mode="full"))
    assert_close(out, correlate2d(y, x)[::-1, ::-1])
    assert (x == before[0]).all()
    assert (y == before[1]).all()


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


def test_templates_in_8_bit_images_are_found_by_fft(monkeypatch):
    """Exactness must not cost the speed of the FFT."""
    used = []
    fft = correlation._fft
    monkeypatch.setattr(correlation, "_fft", lambda x, y: used.append(x.shape) or fft(x, y))
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (512, 512), dtype=np.uint8)
    correlate2d(rng.integers(0, 256, (3, 3), dtype=np.uint8), image)
    assert not used
    correlate2d(rng.integers(0, 256, (65, 80), dtype=np.uint8), image)
    assert used


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize(
    ("first", "second"), list(itertools.product((np.bool_, np.uint8, np.int16), repeat=2))
)
def test_narrow_integers_do_not_wrap(method, first, second):
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 200, 20).astype(first), rng.integers(0, 200, 30).astype(second)
    assert correlate1d(x, y, method=method).tolist() == exact_1d(x.tolist(), y.tolist())


def test_integers_beyond_int64_are_refused():
    with pytest.raises(OverflowError, match="beyond int64"):
        correlate1d([2**32, 2**32], [2**31, 2**31])
    assert correlate1d([2**62], [1]).tolist() == [2**62]


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize(
    ("first", "second", "result", "tolerance"),
    [
        (np.float16, np.float16, np.float32, 2e-6),
        (np.float32, np.float32, np.float32, 2e-6),
        (np.uint8, np.float32, np.float32, 2e-6),
        (np.float64, np.float32, np.float64, 1e-12),
        (np.int64, np.float64, np.float64, 1e-12),
    ],
)
def test_types_are_those_of_the_product(method, first, second, result, tolerance):
    rng = np.random.default_rng(2)
    x = (5 * rng.standard_normal((4, 5))).astype(first)
    y = (5 * rng.standard_normal((13, 11))).astype(second)
    out = correlate2d(x, y, method=method)
    assert out.dtype == result
    assert_close(out, scipy.signal.correlate2d(y.astype(float), x.astype(float)), tolerance)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: correlate1d(np.ones(0), np.ones(3)), ValueError, r"1 axes, got \(0,\) and \(3,\)"),
        (lambda: correlate2d(np.ones((3, 4)), np.ones((3, 3, 1))), ValueError, "2 axes"),
        (
            lambda: correlate_multichannel(np.ones((2, 2, 3)), np.ones((5, 5, 2))),
            ValueError,
            r"depths differ, got \(2, 2, 3\) and \(5, 5, 2\)",
        ),
        (lambda: correlate2d([[1j]], [[1]]), TypeError, "need real numbers, got complex128"),
        (lambda: correlate2d([[1]], [[1]], method="fast"), ValueError, "'fast' is not one of"),
    ],
)
def test_mistakes_name_what_was_given(call, error, words):
    with pytest.raises(error, match=words):
        call()
