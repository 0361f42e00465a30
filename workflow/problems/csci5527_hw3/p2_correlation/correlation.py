"""Cross-correlation in NumPy (CSCI 5527 HW 3, problem 2).

The *second* array stands still and the *first* slides over it, from one overlapping element to the
last one,

    (x ⋆ y)_k = Σ_i x_i y_{i + k − (n₁ − 1)},    k = 0, …, n₁ + n₂ − 2,

for x with n₁ and y with n₂ elements. NumPy and SciPy name the standing array first: x ⋆ y is
`np.correlate(y, x, "full")`, and in two dimensions `scipy.signal.correlate2d(y, x)`.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import next_fast_len

Array = NDArray[np.generic]
Method = Literal["auto", "direct", "fft"]

# Seconds per unit of work, measured on one core: only their ratio matters (`_cheaper`).
DIRECT_COST = 1.0e-9  # per product of two elements
FFT_COST = 1.5e-9  # per element of the grid and factor of 2 in its size


def correlate1d(x: ArrayLike, y: ArrayLike, *, method: Method = "auto") -> Array:
    """x ⋆ y for vectors: x (n₁,) slides over y (n₂,); part (a).

    Returns:
        (n₁ + n₂ − 1,), the inner products from left to right.

    Raises:
        ValueError, TypeError, OverflowError: as `correlate2d`.
    """
    x, y = _real(1, x, y)
    return correlate2d(x[None], y[None], method=method)[0]


def correlate2d(z1: ArrayLike, z2: ArrayLike, *, method: Method = "auto") -> Array:
    """z1 ⋆ z2 for matrices, full: z1 (n₁, n₂) slides over z2 (m₁, m₂); part (d).

    Args:
        method: `direct`, `fft`, or `auto` for the one that should be faster.

    Returns:
        (n₁ + m₁ − 1, n₂ + m₂ − 1), from the overlap in one corner, z1's last element on z2's first,
        row by row to the opposite one. Integers and booleans give exact int64; floats at least
        float32; objects, such as fractions, are always taken directly.

    Raises:
        ValueError: an argument is empty or no matrix, or there is no such method.
        TypeError: an argument is not real.
        OverflowError: integers whose products may not fit into int64.
    """
    z1, z2 = _real(2, z1, z2)
    if method not in ("auto", "direct", "fft"):
        raise ValueError(f"method {method!r} is not one of auto, direct, fft")
    if method == "auto":
        method = "direct" if _direct_is_cheaper(z1.shape, z2.shape) else "fft"
    if "O" in z1.dtype.kind + z2.dtype.kind:
        return _direct(z1.astype(object), z2.astype(object))
    if z1.dtype.kind == "f" or z2.dtype.kind == "f":
        dtype = np.result_type(z1, z2, np.float32)
        return (_fft if method == "fft" else _direct)(z1.astype(dtype), z2.astype(dtype))

    largest = _peak(z1) * _peak(z2) * min(z1.size, z2.size)
    if largest >= 2**63:
        raise OverflowError(f"integers may correlate to {largest}, beyond int64; use float64")
    # Where the rounding errors of the transforms surely stay below one half.
    if method == "fft" and largest * math.sqrt(max(z1.size, z2.size)) < 2**42:
        return np.rint(_fft(z1.astype(np.float64), z2.astype(np.float64))).astype(np.int64)
    return _direct(z1.astype(np.int64), z2.astype(np.int64))


def correlate_multichannel(x: ArrayLike, y: ArrayLike) -> Array:
    """Σ_d x[:, :, d] ⋆ y[:, :, d]: x (h, w, D) slides over y (H, W, D); part (g), with b = 0.

    Returns:
        (H + h − 1, W + w − 1).

    Raises:
        ValueError, TypeError, OverflowError: as `correlate2d`, or the depths D differ.
    """
    x, y = _real(3, x, y)
    if x.shape[2] != y.shape[2]:
        raise ValueError(f"depths differ, got {x.shape} and {y.shape}")
    return sum(correlate2d(x[:, :, d], y[:, :, d]) for d in range(x.shape[2]))


def C_w(w: ArrayLike, n: int) -> Array:
    """The matrix (n₁ + n − 1, n) of w ⋆ · on vectors of length n, for w (n₁,); part (b).

    Column j holds w reversed, from row j on.
    """
    (w,) = _real(1, w)
    matrix = np.zeros((len(w) + n - 1, n), dtype=w.dtype)
    for j in range(n):
        matrix[j : j + len(w), j] = w[::-1]
    return matrix


def C_x(x: ArrayLike, n: int) -> Array:
    """The matrix (n + n₂ − 1, n) of · ⋆ x on filters of length n, for x (n₂,); part (c).

    Row k holds the elements of x, zeros outside, that the filter covers in its k-th place.
    """
    (x,) = _real(1, x)
    matrix = np.zeros((n + len(x) - 1, n), dtype=x.dtype)
    for i in range(n):
        matrix[n - 1 - i : n - 1 - i + len(x), i] = x
    return matrix


def _direct(z1: Array, z2: Array) -> Array:
    """Every element of z1 adds its multiple of z2, at the place where the two meet."""
    if z1.size > z2.size:  # z1 ⋆ z2 is z2 ⋆ z1 rotated by 180°: fewer and larger additions
        return np.ascontiguousarray(_direct(z2, z1)[::-1, ::-1])
    (n1, n2), (m1, m2) = z1.shape, z2.shape
    out = np.zeros((n1 + m1 - 1, n2 + m2 - 1), dtype=z1.dtype)
    for i, j in np.ndindex(n1, n2):
        top, left = n1 - 1 - i, n2 - 1 - j
        out[top : top + m1, left : left + m2] += z1[i, j] * z2
    return out


def _fft(z1: Array, z2: Array) -> Array:
    """The convolution of z2 with the rotated z1, as a product of Fourier transforms."""
    rows, columns = (a + b - 1 for a, b in zip(z1.shape, z2.shape, strict=True))
    grid = next_fast_len(rows), next_fast_len(columns)
    # Unitary transforms make the product too small by √(size of the grid); without `norm`, NumPy
    # would compute those of float32 in double precision.
    product = np.fft.rfft2(z1[::-1, ::-1], grid, norm="ortho")
    product *= np.fft.rfft2(z2, grid, norm="ortho")
    product *= np.sqrt(math.prod(grid), dtype=z1.dtype)
    return np.ascontiguousarray(np.fft.irfft2(product, grid, norm="ortho")[:rows, :columns])


def _direct_is_cheaper(first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether the direct way should take less time for matrices of these shapes."""
    grid = math.prod(a + b - 1 for a, b in zip(first, second, strict=True))
    direct = DIRECT_COST * math.prod(first) * math.prod(second)
    return direct <= FFT_COST * grid * math.log2(grid + 1)


def _peak(a: Array) -> int:
    """max |a| as a Python integer: |−2⁶³| is not an int64."""
    return max(abs(int(a.min())), abs(int(a.max())))


def _real(axes: int, *arrays: ArrayLike) -> list[Array]:
    """The arguments as arrays of real numbers with so many axes, or an error with their shapes."""
    found = [np.asarray(array) for array in arrays]
    shapes = " and ".join(str(array.shape) for array in found)
    for array in found:
        if array.ndim != axes or array.size == 0:
            raise ValueError(f"need non-empty arrays with {axes} axes, got {shapes}")
        if array.dtype.kind not in "biufO":
            raise TypeError(f"need real numbers, got {array.dtype}")
    return found
