"""Cross-correlation in NumPy (CSCI 5527 HW 3, problem 2).

Argument order, everywhere: the *second* array stands still and the *first* slides over it, from
one overlapping element to the last one,

    (x ⋆ y)_k = Σ_i conj(x_i) y_{i + k − (n₁ − 1)},    k = 0, …, n₁ + n₂ − 2,

for x with n₁ and y with n₂ elements. NumPy and SciPy name the standing array first: x ⋆ y is
`np.correlate(y, x, "full")`, and in two dimensions `scipy.signal.correlate2d(y, x)`. The
conjugate, on the sliding array, is theirs as well; for real arrays it does nothing.

One dimension and two are the multichannel case with one row and one channel, so there is one
implementation, with two ways inside:

- `direct`: strided windows of y times one matrix that holds x. A window feeds a run of 8
  neighboring outputs, not one: the matrix is then a piece of the banded C_w of part (b), windows
  overlap less, fewer elements are copied, and the product is one that BLAS is fast at.
- `fft`: the correlation theorem, with zeros up to a length that the FFT is fast at.

Integers and booleans give exact integers, int64 in both ways: computed in floating point where
the largest possible sum, or the largest possible rounding error, leaves no doubt, else in int64.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.generic]
Method = Literal["auto", "direct", "fft"]

RUN = 8  # outputs that one window feeds
# Multiplications in one matrix product. A block of windows then stays in the cache, and below
# this size OpenBLAS starts no threads: on a busy machine waiting for them takes 10 to 100 times
# as long as the product.
BLOCK = 2**18

# Seconds per unit of work, measured on one core: only their ratio matters (`_cheaper`).
DIRECT_COST = 0.11e-9  # per output and element of its window
FFT_COST = 0.30e-9  # per element of a transform and factor of 2 in its size


def correlate1d(x: ArrayLike, y: ArrayLike, *, method: Method = "auto") -> Array:
    """x ⋆ y for vectors: x (n₁,) slides over y (n₂,); part (a).

    Returns:
        (n₁ + n₂ − 1,), the inner products from left to right. y ⋆ x is the same, reversed and
        conjugated.

    Raises:
        ValueError: an argument is empty or not a vector.
        TypeError: an argument is not numeric.
        OverflowError: integers whose products may not fit into int64.
    """
    x, y = _numeric("correlate1d", 1, x=x, y=y)
    return _correlate(x[None, :, None], y[None, :, None], method)[0]


def correlate2d(z1: ArrayLike, z2: ArrayLike, *, method: Method = "auto") -> Array:
    """z1 ⋆ z2 for matrices, full: z1 (n₁, n₂) slides over z2 (m₁, m₂); part (d).

    Returns:
        (n₁ + m₁ − 1, n₂ + m₂ − 1), from the overlap in one corner, z1's last element on z2's
        first, row by row to that in the opposite one. The type is NumPy's for z1 · z2; int64
        for integers and booleans.

    Raises:
        ValueError: an argument is empty or not a matrix.
        TypeError: an argument is not numeric.
        OverflowError: integers whose products may not fit into int64.
    """
    z1, z2 = _numeric("correlate2d", 2, z1=z1, z2=z2)
    return _correlate(z1[:, :, None], z2[:, :, None], method)


def correlate_multichannel(
    x: ArrayLike, y: ArrayLike, bias: complex = 0.0, *, method: Method = "auto"
) -> Array:
    """Σ_d x[:, :, d] ⋆ y[:, :, d] + bias: x (h, w, D) slides over y (H, W, D); part (g).

    Args:
        bias: added to every output; 0 leaves also the type as it is.

    Returns:
        (H + h − 1, W + w − 1).

    Raises:
        ValueError: an argument is empty, not of three axes, or their depths D differ.
        TypeError: an argument is not numeric.
        OverflowError: integers whose products may not fit into int64.
    """
    x, y = _numeric("correlate_multichannel", 3, x=x, y=y)
    if x.shape[2] != y.shape[2]:
        raise ValueError(f"correlate_multichannel: depths differ, x {x.shape} and y {y.shape}")
    out = _correlate(x, y, method)
    return out + bias if bias else out


def C_w(w: ArrayLike, n: int) -> Array:
    """The matrix of w ⋆ · on vectors of length n: w ⋆ x = C_w x; part (b).

    Column j holds conj(w) reversed, from row j on: C_w is banded, and constant along diagonals.

    Returns:
        (n₁ + n − 1, n) for w (n₁,).

    Raises:
        ValueError: w is empty or not a vector, or n < 1.
    """
    (w,) = _numeric("C_w", 1, w=w)
    if n < 1:
        raise ValueError(f"C_w: w {w.shape} slides over a vector of length {n}; need at least 1")
    return sliding_window_view(np.pad(w[::-1].conj(), n - 1), n)[:, ::-1].copy()


def C_x(x: ArrayLike, n: int) -> Array:
    """The matrix of · ⋆ x on filters of length n: w ⋆ x = C_x conj(w); part (c).

    Row k holds the n elements of x, zeros outside, that w meets at its k-th place. For real w
    the map is linear and C_x is its Jacobian ∂(w ⋆ x)/∂w.

    Returns:
        (n + n₂ − 1, n) for x (n₂,).

    Raises:
        ValueError: x is empty or not a vector, or n < 1.
    """
    (x,) = _numeric("C_x", 1, x=x)
    if n < 1:
        raise ValueError(f"C_x: a filter of length {n} slides over x {x.shape}; need at least 1")
    return sliding_window_view(np.pad(x, n - 1), n).copy()


def _numeric(name: str, ndim: int, **arrays: ArrayLike) -> list[Array]:
    """The arguments as arrays, or an error that names function, argument and all shapes."""
    found = {key: np.asarray(value) for key, value in arrays.items()}
    shapes = " and ".join(f"{key} {array.shape}" for key, array in found.items())
    for key, array in found.items():
        if array.ndim != ndim:
            raise ValueError(f"{name}: {key} must have {ndim} axes, not {array.ndim}; got {shapes}")
        if array.size == 0:
            raise ValueError(f"{name}: {key} is empty; got {shapes}")
        if array.dtype.kind not in "biufc":
            raise TypeError(f"{name}: {key} must be numeric, not {array.dtype}")
    return list(found.values())


def _correlate(x: Array, y: Array, method: Method) -> Array:
    """x (h, w, D) ⋆ y (H, W, D), summed over D, in the right type and by the right way."""
    if method not in ("auto", "direct", "fft"):
        raise ValueError(f"method {method!r} is not one of auto, direct, fft")
    if x.dtype.kind in "biu" and y.dtype.kind in "biu":
        return _correlate_integers(x, y, method)
    result = np.result_type(x, y)
    # Neither BLAS nor the FFT knows float16; float32 holds its products.
    work = np.promote_types(result, np.float32)
    x, y = x.astype(work, copy=False), y.astype(work, copy=False)
    if method == "auto":
        method = _cheaper(x.shape, y.shape, work)
    with np.errstate(over="ignore", invalid="ignore"):
        out = _fft(x, y) if method == "fft" else _direct(x, y)
        # A NaN or infinity in y reaches every output of the FFT, and in a run those beside its
        # own (∞ · 0 in the band): with one output per window it stays where it belongs.
        if not np.isfinite(out.sum()):
            out = _direct(x, y, run=1)
    return out.astype(result, copy=False)


def _correlate_integers(x: Array, y: Array, method: Method) -> Array:
    """As `_correlate`, exact, in int64."""
    peak = _peak(x) * _peak(y)
    largest_sum = peak * min(x.size, y.size)
    if largest_sum >= 2**63:
        raise OverflowError(
            f"integers x {x.shape} and y {y.shape} may correlate to {largest_sum}, beyond int64; "
            "convert them to float64"
        )
    # Partial sums of integers below 2⁵³ are exact in float64, in any order.
    work = np.float64 if largest_sum < 2**53 else np.int64
    if method == "auto":
        method = _cheaper(x.shape, y.shape)
    if method == "fft":
        # A transform is off by at most about 7u·log₂N of its 2-norm (Higham 2002, th. 24.2);
        # two of them, the product and the inverse move an output by at most three times that
        # share of ‖x‖₁‖y‖₂, x being the smaller one, and the rounded scales by 20u more.
        # Rounding to integers is right below one half.
        size = math.prod(_fft_shape(x.shape, y.shape))
        small, large = sorted((x.size, y.size))
        error = (24 * math.log2(size + 1) + 20) * 2.0**-53 * peak * small * math.sqrt(large)
        if error < 0.25:
            out = _fft(x.astype(np.float64), y.astype(np.float64))
            return np.rint(out, out=out).astype(np.int64)
    out = _direct(x.astype(work, copy=False), y.astype(work, copy=False))
    return out.astype(np.int64, copy=False)


def _peak(a: Array) -> int:
    """max |a| as a Python integer: |−2⁶³| is not an int64."""
    return max(abs(int(a.min())), abs(int(a.max())))


def _cheaper(x: tuple[int, ...], y: tuple[int, ...], dtype: np.dtype | type = np.float64) -> Method:
    """The way that should take less time for these shapes (h, w, D) and (H, W, D)."""
    (h, w, depth), (big_h, big_w, _) = sorted((x, y), key=math.prod)
    run = _run(np.dtype(dtype))
    outputs = (h + big_h - 1) * (w + big_w - 1)
    direct = DIRECT_COST * outputs * h * (w + run - 1) * depth
    size = math.prod(_fft_shape(x, y))
    fft = FFT_COST * size * math.log2(size + 1) * (2 * depth + 1)
    return "direct" if direct <= fft else "fft"


def _run(dtype: np.dtype) -> int:
    """Outputs per window: 1 without BLAS, where the zeros of the band would cost time."""
    return RUN if dtype.char in "fdFD" else 1


def _direct(x: Array, y: Array, run: int | None = None) -> Array:
    """Strided windows of y times a matrix that holds x; both (h, w, D), of the same type."""
    if x.size > y.size:  # part (a): x ⋆ y is y ⋆ x, reversed and conjugated
        return np.ascontiguousarray(_direct(y, x, run)[::-1, ::-1].conj())
    (h, w, depth), (big_h, big_w, _) = x.shape, y.shape
    rows, columns = big_h + h - 1, big_w + w - 1
    run = min(run or _run(y.dtype), columns)
    runs = -(-columns // run)
    length = run + w - 1  # columns of y that a run of outputs sees

    padded = np.zeros((big_h + 2 * (h - 1), runs * run + w - 1, depth), dtype=y.dtype)
    padded[h - 1 : h - 1 + big_h, w - 1 : w - 1 + big_w] = y
    down, right, deep = padded.strides
    windows = as_strided(
        padded,
        shape=(rows, runs, h, length, depth),
        strides=(down, run * right, down, right, deep),
        writeable=False,
    )
    band = np.zeros((h, length, depth, run), dtype=x.dtype)
    for j in range(run):
        band[:, j : j + w, :, j] = x.conj()
    band = band.reshape(-1, run)

    out = np.empty((rows, columns), dtype=y.dtype)
    products = runs * band.size * (4 if np.iscomplexobj(y) else 1)
    step = max(1, BLOCK // products)
    for top in range(0, rows, step):
        block = windows[top : top + step].reshape(-1, len(band))  # the only copy of the windows
        out[top : top + step] = (block @ band).reshape(-1, runs * run)[:, :columns]
    return out


def _fft(x: Array, y: Array) -> Array:
    """Correlation theorem: the convolution of y with the reversed conjugate of x.

    All transforms are unitary, which makes their product too small by √(height · width). With its
    default scale, the integer 1, NumPy computes a transform of float32 in double precision and
    casts twice: three to four times as slow.
    """
    rows, columns = (a + b - 1 for a, b in zip(x.shape[:2], y.shape[:2], strict=True))
    height, width = _fft_shape(x.shape, y.shape)
    real = x.dtype.kind == "f"
    along_rows, back_along_rows = (np.fft.rfft, np.fft.irfft) if real else (np.fft.fft, np.fft.ifft)
    spectrum_dtype = np.result_type(x, np.complex64)

    def transform(a: Array) -> Array:
        """Spectra (D, height, ·), zeros around; the rows that are all zeros cost nothing."""
        spectra = np.zeros((a.shape[2], height, width // 2 + 1 if real else width), spectrum_dtype)
        along_rows(a.transpose(2, 0, 1), width, norm="ortho", out=spectra[:, : a.shape[0]])
        return np.fft.fft(spectra, axis=1, norm="ortho", out=spectra)

    product = transform(x[::-1, ::-1].conj() * math.sqrt(height * width))
    product *= transform(y)
    total = product[0]
    for spectrum in product[1:]:
        total += spectrum  # the sum over channels: one transform back for all of them
    np.fft.ifft(total, axis=0, norm="ortho", out=total)
    out = back_along_rows(total[:rows], width, norm="ortho")
    return np.ascontiguousarray(out[:, :columns])


def _fft_shape(x: tuple[int, ...], y: tuple[int, ...]) -> tuple[int, int]:
    return _fast_length(x[0] + y[0] - 1), _fast_length(x[1] + y[1] - 1)


@lru_cache
def _fast_length(n: int) -> int:
    """The smallest number from n up without a prime factor above 7: others slow the FFT down."""
    while True:
        rest = n
        for prime in (2, 3, 5, 7):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return n
        n += 1
