"""CSCI 5527 HW 3, problem 2: cross-correlation, its matrices, its gradients, its uses.

x ⋆ y: y stands still and x slides. Indices here count from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.signal
import sympy
import torch

from problems.csci5527_hw3.p2_correlation.correlation import (
    C_w,
    C_x,
    correlate1d,
    correlate2d,
    correlate_multichannel,
)
from proofsheet.checks import derivation_check, equality_check, relative_error

Array = np.ndarray
Rng = np.random.Generator

SCHARR = np.array([[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]])
"""X₁ of part (e); X₂ is its transpose."""


def lengths(rng: Rng, count: int = 2, largest: int = 9) -> list[int]:
    """Random sizes from 1 up."""
    return rng.integers(1, largest + 1, count).tolist()


def integers(rng: Rng, *shape: int) -> Array:
    """Random integers, on which equalities are exact."""
    return rng.integers(-9, 10, shape)


# --- (a) one dimension


def index_formula(x: Array, y: Array) -> Array:
    """(x ⋆ y)_k = Σ_i x_i y_{i + k − (n₁ − 1)}, the sum over the i whose partner exists."""
    n1, n2 = len(x), len(y)
    return np.array(
        [
            sum(x[i] * y[i + k - n1 + 1] for i in range(n1) if 0 <= i + k - n1 + 1 < n2)
            for k in range(n1 + n2 - 1)
        ]
    )


@equality_check(
    "(x ⋆ y)_k = Σ_i x_i y_{i+k−n₁} is numpy.correlate(y, x, 'full')", trials=200, tolerance=0
)
def index_formula_is_the_sliding_sum(rng: Rng, formula: Any = index_formula) -> tuple:
    n1, n2 = lengths(rng)
    x, y = integers(rng, n1), integers(rng, n2)
    return formula(x, y), np.correlate(y, x, "full")


@derivation_check(
    claim="correlate1d equals the sum of the definition, directly and by the FFT",
    method="reference", trials=200, tolerance=1e-13,
)  # fmt: skip
def library_1d(rng: Rng, formula: Any = correlate1d) -> float:
    n1, n2 = lengths(rng)
    x, y = rng.standard_normal(n1), rng.standard_normal(n2)
    scale = np.linalg.norm(x) * np.linalg.norm(y)
    return max(
        float(np.abs(formula(x, y, method=way) - index_formula(x, y)).max() / scale)
        for way in ("direct", "fft")
    )


@derivation_check(
    claim="y ⋆ x is x ⋆ y read backwards, for vectors of letters",
    method="symbolic", trials=20, tolerance=0,
)  # fmt: skip
def reversal(rng: Rng, formula: Any = lambda correlated: correlated[::-1]) -> float:
    n1, n2 = lengths(rng, largest=5)
    x, y = sympy.symbols(f"x:{n1}"), sympy.symbols(f"y:{n2}")
    expected = index_formula(np.array(y), np.array(x))
    return different(formula(index_formula(np.array(x), np.array(y))), expected)


@equality_check(
    "x ⋆ y = R(x) ∗ y: cross-correlation is convolution with x reversed", trials=200, tolerance=0
)
def convolution(rng: Rng, formula: Any = lambda x, y: np.convolve(x[::-1], y)) -> tuple:
    n1, n2 = lengths(rng)
    x, y = integers(rng, n1), integers(rng, n2)
    return formula(x, y), index_formula(x, y)


# --- (b), (c) matrices and Jacobians


def filter_matrix(w: Any) -> sympy.Matrix:
    """C_w for w ∈ R³ and x ∈ R⁴, element by element."""
    w1, w2, w3 = w
    return sympy.Matrix(
        [
            [w3, 0, 0, 0],
            [w2, w3, 0, 0],
            [w1, w2, w3, 0],
            [0, w1, w2, w3],
            [0, 0, w1, w2],
            [0, 0, 0, w1],
        ]
    )


def signal_matrix(x: Any) -> sympy.Matrix:
    """C_x for w ∈ R³ and x ∈ R⁴, element by element."""
    x1, x2, x3, x4 = x
    return sympy.Matrix(
        [
            [0, 0, x1],
            [0, x1, x2],
            [x1, x2, x3],
            [x2, x3, x4],
            [x3, x4, 0],
            [x4, 0, 0],
        ]
    )


W, X = sympy.symbols("w1:4"), sympy.symbols("x1:5")
CORRELATED = sympy.Matrix(list(index_formula(np.array(W), np.array(X))))
"""w ⋆ x with letters for the numbers."""


@derivation_check(
    claim="w ⋆ x = C_w x for w ∈ R³, x ∈ R⁴, with C_w as printed",
    method="symbolic", tolerance=0,
)  # fmt: skip
def c_w_printed(rng: Rng, formula: Any = filter_matrix) -> float:
    return different(formula(W) * sympy.Matrix(X), CORRELATED)


@equality_check("w ⋆ x = C_w x with (C_w)_{kj} = w_{n₁−k+j}, for any sizes", tolerance=0)
def c_w_of_any_size(rng: Rng, formula: Any = C_w) -> tuple:
    n1, n2 = lengths(rng)
    w, x = integers(rng, n1), integers(rng, n2)
    return formula(w, n2) @ x, index_formula(w, x)


@derivation_check(
    claim="w ⋆ x = C_x w, and ∂(w ⋆ x)/∂w = C_x, for w ∈ R³, x ∈ R⁴, with C_x as printed",
    method="symbolic", tolerance=0,
)  # fmt: skip
def c_x_printed(rng: Rng, formula: Any = signal_matrix) -> float:
    matrix = formula(X)
    jacobian = CORRELATED.jacobian(sympy.Matrix(W))
    return different(matrix * sympy.Matrix(W), CORRELATED) + different(matrix, jacobian)


@derivation_check(
    claim="∂(w ⋆ x)/∂w = C_x and ∂(w ⋆ x)/∂x = C_w, for any sizes",
    method="autograd", trials=50, tolerance=0,
)  # fmt: skip
def jacobians(rng: Rng, formula: Any = (C_x, C_w)) -> float:
    n1, n2 = lengths(rng)
    w, x = (torch.from_numpy(integers(rng, n).astype(float)) for n in (n1, n2))
    found = torch.autograd.functional.jacobian(torch_correlate1d, (w, x))
    of_w, of_x = formula
    return relative_error(of_w(x.numpy(), n1), found[0].numpy()) + relative_error(
        of_x(w.numpy(), n2), found[1].numpy()
    )


def torch_correlate1d(w: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """w ⋆ x by PyTorch's convolution layer, for any sizes."""
    conv1d = torch.nn.functional.conv1d
    return conv1d(x[None, None], w[None, None], padding=len(w) - 1)[0, 0]


# --- (d) two dimensions


def index_formula_2d(z1: Array, z2: Array) -> Array:
    """(Z₁ ⋆ Z₂)_{kl} = Σ_{ij} Z₁[i, j] Z₂[i + k − (n₁ − 1), j + l − (n₂ − 1)]."""
    (n1, n2), (m1, m2) = z1.shape, z2.shape
    out = np.zeros((n1 + m1 - 1, n2 + m2 - 1), dtype=np.result_type(z1, z2))
    for k, l in np.ndindex(out.shape):  # noqa: E741
        for i, j in np.ndindex(n1, n2):
            row, column = i + k - n1 + 1, j + l - n2 + 1
            if 0 <= row < m1 and 0 <= column < m2:
                out[k, l] += z1[i, j] * z2[row, column]
    return out


def shapes(rng: Rng, largest: int = 6) -> tuple[list[int], list[int]]:
    """Two random shapes of matrices."""
    return lengths(rng, 2, largest), lengths(rng, 2, largest)


@equality_check(
    "The double sum for Z₁ ⋆ Z₂ is scipy.signal.correlate2d(Z₂, Z₁, mode='full')", tolerance=0
)
def index_formula_is_scipys(rng: Rng, formula: Any = index_formula_2d) -> tuple:
    first, second = shapes(rng)
    z1, z2 = integers(rng, *first), integers(rng, *second)
    return formula(z1, z2), scipy.signal.correlate2d(z2, z1)


@derivation_check(
    claim="correlate2d(Z₁, Z₂) is scipy.signal.correlate2d(Z₂, Z₁), directly and by the FFT",
    method="reference", trials=100, tolerance=1e-12,
)  # fmt: skip
def library_2d(rng: Rng, formula: Any = correlate2d) -> float:
    first, second = shapes(rng, largest=40)
    z1, z2 = rng.standard_normal(first), rng.standard_normal(second)
    expected = scipy.signal.correlate2d(z2, z1)
    return max(relative_error(formula(z1, z2, method=way), expected) for way in ("direct", "fft"))


@derivation_check(
    claim="On integers correlate2d is exact, directly and by the FFT",
    method="reference", trials=100, tolerance=0,
)  # fmt: skip
def exact_on_integers(rng: Rng, formula: Any = correlate2d) -> float:
    first, second = shapes(rng, largest=20)
    z1, z2 = (rng.integers(-255, 256, shape) for shape in (first, second))
    expected = scipy.signal.correlate2d(z2, z1)
    return max(relative_error(formula(z1, z2, method=way), expected) for way in ("direct", "fft"))


@equality_check("Z₂ ⋆ Z₁ is Z₁ ⋆ Z₂ rotated by 180°", tolerance=0)
def half_turn(rng: Rng, formula: Any = lambda correlated: correlated[::-1, ::-1]) -> tuple:
    first, second = shapes(rng)
    z1, z2 = integers(rng, *first), integers(rng, *second)
    # SciPy names the standing one first: this is Z₂ ⋆ Z₁.
    return formula(correlate2d(z1, z2)), scipy.signal.correlate2d(z1, z2)


def by_transforms(z1: Array, z2: Array, rows: int, columns: int) -> Array:
    """F⁻¹(F(Z₁ turned) · F(Z₂)), both padded by zeros to (rows, columns)."""
    turned = np.fft.fft2(z1[::-1, ::-1], (rows, columns))
    return np.fft.ifft2(turned * np.fft.fft2(z2, (rows, columns))).real


@equality_check(
    "Z₁ ⋆ Z₂ = F⁻¹(F(Z₁ rotated) · F(Z₂)) on any grid that holds the whole result", tolerance=1e-13
)
def correlation_theorem(rng: Rng, formula: Any = by_transforms) -> tuple:
    first, second = shapes(rng, largest=12)
    z1, z2 = rng.standard_normal(first), rng.standard_normal(second)
    rows, columns = (a + b - 1 for a, b in zip(first, second, strict=True))
    found = formula(z1, z2, rows + lengths(rng, 1)[0] - 1, columns)[:rows, :columns]
    scale = np.linalg.norm(z1) * np.linalg.norm(z2)
    return found, index_formula_2d(z1, z2), scale


# --- (e) gradients of images


def polynomial(degree: int) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any], Any]:
    """A polynomial Y(u, v) in row u and column v with letters as coefficients, and the letters."""
    u, v = sympy.symbols("u v")
    powers = [(a, b) for a in range(degree + 1) for b in range(degree + 1 - a)]
    letters = [sympy.Symbol(f"c{a}{b}") for a, b in powers]
    expression = sum(c * u**a * v**b for c, (a, b) in zip(letters, powers, strict=True))
    return expression, u, v


def scharr_of(expression: Any, u: Any, v: Any, filter_: Any = SCHARR) -> Any:
    """Σ_{ij} X[i, j] Y(u + i − 1, v + j − 1) with letters."""
    return sum(
        int(filter_[i, j]) * expression.subs({u: u + i - 1, v: v + j - 1}, simultaneous=True)
        for i, j in np.ndindex(3, 3)
    )


@derivation_check(
    claim="X₁ = (3, 10, 3)ᵀ (−1, 0, 1)",
    method="symbolic", tolerance=0,
)  # fmt: skip
def scharr_is_separable(rng: Rng, formula: Any = ((3, 10, 3), (-1, 0, 1))) -> float:
    return relative_error(np.outer(*formula), SCHARR)


@derivation_check(
    claim="(X₁ ⋆ Y, X₂ ⋆ Y) = 32 (∂Y/∂v, ∂Y/∂u) for polynomials Y of degree ≤ 2",
    method="symbolic", tolerance=0,
)  # fmt: skip
def scharr_is_a_gradient(rng: Rng, formula: Any = 32) -> float:
    expression, u, v = polynomial(2)
    along_columns = scharr_of(expression, u, v) - formula * expression.diff(v)
    along_rows = scharr_of(expression, u, v, SCHARR.T) - formula * expression.diff(u)
    return different([along_columns, along_rows], [0, 0])


def frame_of_constant(level: int, n: int) -> Array:
    """√(G₁² + G₂²) along a side of the constant image, corners left out: two rows, then zeros."""
    return np.repeat([16 * level, 16 * level, 0], n - 2).reshape(3, n - 2)


@derivation_check(
    claim="For an image of constant level c the magnitude is 16c on the two outer lines, 0 inside",
    method="reference", trials=20, tolerance=0,
)  # fmt: skip
def border_is_an_edge(rng: Rng, formula: Any = frame_of_constant) -> float:
    level, n = int(rng.integers(1, 256)), int(rng.integers(6, 12))
    image = np.full((n, n), level)
    magnitude = np.hypot(correlate2d(SCHARR, image), correlate2d(SCHARR.T, image))
    expected = formula(level, n)
    sides = [np.rot90(magnitude, turns)[:3, 2:-2] for turns in range(4)]
    return max(relative_error(side, expected) for side in sides)


# --- (f) template matching


def split_score(template: Array, patch: Array) -> float:
    """⟨T − t̄, P − p̄⟩ + n t̄ p̄."""
    t, p = template.mean(), patch.mean()
    return float(np.sum((template - t) * (patch - p)) + template.size * t * p)


@equality_check("⟨T, P⟩ = ⟨T − t̄, P − p̄⟩ + n t̄ p̄")
def mean_splits_off(rng: Rng, formula: Any = split_score) -> tuple:
    shape = lengths(rng)
    template, patch = rng.uniform(0, 255, shape), rng.uniform(0, 255, shape)
    return formula(template, patch), np.sum(template * patch)


@equality_check(
    "Noise of standard deviation σ gives a score the variance σ²‖T‖²", trials=5, tolerance=0.1
)
def noise_of_a_score(
    rng: Rng, formula: Any = lambda template, sigma: sigma**2 * np.sum(template**2)
) -> tuple:
    template, sigma = rng.standard_normal((3, 4)), rng.uniform(1, 50)
    noise = sigma * rng.standard_normal((10_000, 12))
    return np.var(noise @ template.ravel()), formula(template, sigma)


# --- (g) many channels


def tubes(x: Array, y: Array) -> Array:
    """At each place the inner product of the filter with the 3D tube of y that it covers."""
    (h, w, depth), (big_h, big_w, _) = x.shape, y.shape
    padded = np.zeros((big_h + 2 * h - 2, big_w + 2 * w - 2, depth), dtype=y.dtype)
    padded[h - 1 : h - 1 + big_h, w - 1 : w - 1 + big_w] = y
    out = np.empty((big_h + h - 1, big_w + w - 1), dtype=np.result_type(x, y))
    for k, l in np.ndindex(out.shape):  # noqa: E741
        out[k, l] = np.sum(x * padded[k : k + h, l : l + w])
    return out


def pair(rng: Rng, largest: int = 6) -> tuple[Array, Array]:
    """A random filter and input with the same depth."""
    (h, w), (big_h, big_w) = shapes(rng, largest)
    (depth,) = lengths(rng, 1)
    return integers(rng, h, w, depth), integers(rng, big_h, big_w, depth)


@equality_check(
    "Σ_d x[:,:,d] ⋆ y[:,:,d] is the inner product of the filter with 3D tubes",
    trials=50,
    tolerance=0,
)
def planes_are_tubes(rng: Rng, formula: Any = correlate_multichannel) -> tuple:
    x, y = pair(rng)
    return formula(x, y), tubes(x, y)


@derivation_check(
    claim="The multichannel result is slice D of the full 3D cross-correlation",
    method="reference", trials=50, tolerance=0,
)  # fmt: skip
def slice_of_three_dimensions(rng: Rng, formula: Any = lambda depth: depth - 1) -> float:
    x, y = pair(rng)
    full = scipy.signal.correlate(y, x, mode="full", method="direct")
    index = formula(x.shape[2])
    if not 0 <= index < full.shape[2]:
        return float("inf")
    return relative_error(full[:, :, index], correlate_multichannel(x, y))


def torch_multichannel(x: Array, y: Array) -> Array:
    """The same by `torch.nn.Conv2d` with h − 1 and w − 1 zeros around, in the type of x and y."""
    h, w, depth = x.shape
    layer = torch.nn.Conv2d(depth, 1, (h, w), padding=(h - 1, w - 1), bias=False)
    layer.weight = torch.nn.Parameter(torch.tensor(x).permute(2, 0, 1)[None])
    with torch.no_grad():
        return layer(torch.tensor(y).permute(2, 0, 1)[None])[0, 0].numpy()


@equality_check("torch.nn.Conv2d with padding (h − 1, w − 1) gives the full result", trials=50)
def conv2d_of_pytorch(rng: Rng, formula: Any = correlate_multichannel) -> tuple:
    x, y = (array.astype(float) for array in pair(rng))
    return formula(x, y), torch_multichannel(x, y)


def different(found: Any, expected: Any) -> float:
    """0 if all entries are equal as expressions, else 1; shapes must agree."""
    found, expected = list(found), list(expected)
    if len(found) != len(expected):
        return float("inf")
    return float(any(sympy.expand(a - b) != 0 for a, b in zip(found, expected, strict=True)))
