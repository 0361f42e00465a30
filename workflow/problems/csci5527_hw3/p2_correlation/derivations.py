"""CSCI 5527 HW 3, problem 2: cross-correlation, its matrices, its gradients, its uses.

x ⋆ y: y stands still and x slides. Indices here count from 0.
"""

from __future__ import annotations

import itertools
import math
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
from proofsheet.checks import equality_check, exact_check, exhaustive_check, identity_check
from proofsheet.exact import Draw, derivative

Array = np.ndarray
Rng = np.random.Generator

SCHARR = np.array([[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]])
"""X₁ of part (e); X₂ is its transpose."""


def vectors(draw: Draw) -> list[tuple[Array, Array]]:
    """Two vectors of each pair of lengths from 1 to 4."""
    return [(draw(n1), draw(n2)) for n1, n2 in itertools.product(range(1, 5), repeat=2)]


def matrices(draw: Draw) -> list[tuple[Array, Array]]:
    """Two matrices of each pair of four shapes."""
    shapes = ((1, 1), (1, 3), (2, 2), (3, 2))
    return [(draw(*first), draw(*second)) for first, second in itertools.product(shapes, repeat=2)]


def tensors(draw: Draw) -> list[tuple[Array, Array]]:
    """A filter and an input of each depth from 1 to 3."""
    return [(draw(2, 3, depth), draw(3, 4, depth)) for depth in (1, 2, 3)]


def unit_pairs(first: tuple[int, ...], second: tuple[int, ...]) -> list[tuple[Array, Array]]:
    """All pairs of arrays with a single 1: on these, two bilinear maps that agree are the same."""
    units = (np.eye(math.prod(shape)).reshape(-1, *shape) for shape in (first, second))
    return list(itertools.product(*units))


# --- (a) one dimension


def index_formula(x: Array, y: Array) -> Array:
    """(x ⋆ y)_k = Σ_i x_i y_{i + k − (n − 1)}, the sum over the i whose partner exists.

    For vectors, matrices and tensors: i, k and the shape n of x have as many components.
    """
    shape = [n + m - 1 for n, m in zip(x.shape, y.shape, strict=True)]
    out = np.zeros(shape, dtype=np.result_type(x, y))
    for k, i in itertools.product(np.ndindex(*shape), np.ndindex(*x.shape)):
        partner = tuple(a + b - n + 1 for a, b, n in zip(i, k, x.shape, strict=True))
        if all(0 <= j < m for j, m in zip(partner, y.shape, strict=True)):
            out[k] += x[i] * y[partner]
    return out


@exact_check(
    "(x ⋆ y)_k = Σ_i x_i y_{i+k−n₁} is numpy.correlate(y, x, 'full'), for all lengths up to 4"
)
def index_formula_is_the_sliding_sum(draw: Draw, formula: Any = index_formula) -> tuple:
    pairs = vectors(draw)
    return [formula(x, y) for x, y in pairs], [np.correlate(y, x, "full") for x, y in pairs]


@exact_check("correlate1d, computed directly, is the sum of the definition, for lengths up to 4")
def library_1d(draw: Draw, formula: Any = correlate1d) -> tuple:
    pairs = vectors(draw)
    return [formula(x, y) for x, y in pairs], [index_formula(x, y) for x, y in pairs]


@exact_check("y ⋆ x is x ⋆ y read backwards, for all lengths up to 4")
def reversal(draw: Draw, formula: Any = lambda correlated: correlated[::-1]) -> tuple:
    pairs = vectors(draw)
    found = [formula(index_formula(x, y)) for x, y in pairs]
    return found, [index_formula(y, x) for x, y in pairs]


@exact_check(
    "x ⋆ y = R(x) ∗ y: cross-correlation is convolution with x reversed, for all lengths up to 4"
)
def convolution(draw: Draw, formula: Any = lambda x, y: np.convolve(x[::-1], y)) -> tuple:
    pairs = vectors(draw)
    return [formula(x, y) for x, y in pairs], [index_formula(x, y) for x, y in pairs]


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


@identity_check("w ⋆ x = C_w x for w ∈ R³, x ∈ R⁴, with C_w as printed", simplify=sympy.expand)
def c_w_printed(rng: Rng, formula: Any = filter_matrix) -> tuple:
    return formula(W) * sympy.Matrix(X), CORRELATED


@exact_check("w ⋆ x = C_w x with (C_w)_{kj} = w_{n₁−k+j}, for all lengths up to 4")
def c_w_of_any_size(draw: Draw, formula: Any = C_w) -> tuple:
    pairs = vectors(draw)
    return [formula(w, len(x)) @ x for w, x in pairs], [index_formula(w, x) for w, x in pairs]


@identity_check(
    "w ⋆ x = C_x w, and ∂(w ⋆ x)/∂w = C_x, for w ∈ R³, x ∈ R⁴, with C_x as printed",
    simplify=sympy.expand,
)
def c_x_printed(rng: Rng, formula: Any = signal_matrix) -> tuple:
    matrix, w = formula(X), sympy.Matrix(W)
    return (matrix * w, matrix), (CORRELATED, CORRELATED.jacobian(w))


def both_jacobians(w: Array, x: Array) -> tuple[Array, Array]:
    """∂(w ⋆ x)/∂w and ∂(w ⋆ x)/∂x."""
    return C_x(x, len(w)), C_w(w, len(x))


@exact_check("∂(w ⋆ x)/∂w = C_x and ∂(w ⋆ x)/∂x = C_w, for all lengths up to 4")
def jacobians(draw: Draw, formula: Any = both_jacobians) -> tuple:
    found, expected = [], []
    for w, x in vectors(draw):
        dw, dx, (by_w, by_x) = draw(len(w)), draw(len(x)), formula(w, x)
        found += [by_w @ dw, by_x @ dx]
        expected += [
            derivative(lambda w, x=x: index_formula(w, x), w, dw),
            derivative(lambda x, w=w: index_formula(w, x), x, dx),
        ]
    return found, expected


# --- (d) two dimensions


@exhaustive_check(
    "The double sum for Z₁ ⋆ Z₂ is scipy.signal.correlate2d(Z₂, Z₁, mode='full'), for all"
    " pairs of unit matrices, 2 × 3 and 3 × 4 (both are bilinear)"
)
def index_formula_is_scipys(rng: Rng, formula: Any = index_formula) -> tuple:
    pairs = unit_pairs((2, 3), (3, 4))
    return [formula(x, y) for x, y in pairs], [scipy.signal.correlate2d(y, x) for x, y in pairs]


@exact_check("correlate2d(Z₁, Z₂), computed directly, is the double sum, for 16 pairs of shapes")
def library_2d(draw: Draw, formula: Any = correlate2d) -> tuple:
    pairs = matrices(draw)
    return [formula(x, y) for x, y in pairs], [index_formula(x, y) for x, y in pairs]


@equality_check("On integers correlate2d is exact, directly and by the FFT", tolerance=0)
def exact_on_integers(rng: Rng, formula: Any = correlate2d) -> tuple:
    z1, z2 = (rng.integers(-255, 256, rng.integers(1, 21, 2)) for _ in range(2))
    expected = scipy.signal.correlate2d(z2, z1)
    return [formula(z1, z2, method=way) for way in ("direct", "fft")], [expected, expected]


@exact_check("Z₂ ⋆ Z₁ is Z₁ ⋆ Z₂ rotated by 180°, for 16 pairs of shapes")
def half_turn(draw: Draw, formula: Any = lambda correlated: correlated[::-1, ::-1]) -> tuple:
    pairs = matrices(draw)
    found = [formula(index_formula(x, y)) for x, y in pairs]
    return found, [index_formula(y, x) for x, y in pairs]


def by_transforms(z1: Array, z2: Array, rows: int, columns: int) -> Array:
    """F⁻¹(F(Z₁ turned) · F(Z₂)), both padded by zeros to (rows, columns)."""
    turned = np.fft.fft2(z1[::-1, ::-1], (rows, columns))
    return np.fft.ifft2(turned * np.fft.fft2(z2, (rows, columns))).real


@equality_check(
    "Z₁ ⋆ Z₂ = F⁻¹(F(Z₁ rotated) · F(Z₂)) on any grid that holds the whole result",
    trials=20,
    tolerance=1e-13,
)
def correlation_theorem(rng: Rng, formula: Any = by_transforms) -> tuple:
    z1, z2 = (rng.standard_normal(rng.integers(1, 8, 2)) for _ in range(2))
    rows, columns = (a + b - 1 for a, b in zip(z1.shape, z2.shape, strict=True))
    found = formula(z1, z2, rows + int(rng.integers(0, 9)), columns)[:rows, :columns]
    scale = np.linalg.norm(z1) * np.linalg.norm(z2)
    return found, index_formula(z1, z2), scale


# --- (e) gradients of images


@identity_check(
    "(X₁ ⋆ Y, X₂ ⋆ Y) = 32 (∂Y/∂v, ∂Y/∂u) for polynomials Y of degree ≤ 2", simplify=sympy.expand
)
def scharr_is_a_gradient(rng: Rng, formula: Any = 32) -> tuple:
    u, v = sympy.symbols("u v")  # row and column
    y = sum(sympy.Symbol(f"c{a}{b}") * u**a * v**b for a in range(3) for b in range(3 - a))
    patch = np.array(
        [[y.subs({u: u + i, v: v + j}, simultaneous=True) for j in (-1, 0, 1)] for i in (-1, 0, 1)]
    )
    correlated = [np.sum(SCHARR * patch), np.sum(SCHARR.T * patch)]
    return correlated, [formula * y.diff(v), formula * y.diff(u)]


@exact_check(
    "For an image of constant level c the magnitude is 16c on the two outer lines, 0 inside"
)
def border_is_an_edge(
    draw: Draw, formula: Any = lambda level: [16 * level, 16 * level, 0]
) -> tuple:
    level = draw()
    image = np.full((7, 7), level)
    squared = correlate2d(SCHARR, image) ** 2 + correlate2d(SCHARR.T, image) ** 2
    sides = [np.rot90(squared, turns)[:3, 2:-2].T for turns in range(4)]  # corners left out
    return [[np.array(formula(level)) ** 2] * 5] * 4, sides


# --- (f) template matching


def split_score(template: Array, patch: Array) -> Any:
    """⟨T − t̄, P − p̄⟩ + n t̄ p̄."""
    t, p = template.mean(), patch.mean()
    return np.sum((template - t) * (patch - p)) + template.size * t * p


@exact_check("⟨T, P⟩ = ⟨T − t̄, P − p̄⟩ + n t̄ p̄, for 3 × 4 pixels")
def mean_splits_off(draw: Draw, formula: Any = split_score) -> tuple:
    template, patch = draw(3, 4), draw(3, 4)
    return formula(template, patch), np.sum(template * patch)


@exact_check(
    "Noise of ±σ in each pixel on its own gives a score the variance σ²‖T‖², by all signs for six"
    " pixels"
)
def noise_of_a_score(
    draw: Draw, formula: Any = lambda template, sigma: sigma**2 * np.sum(template**2)
) -> tuple:
    template, sigma = draw(6), draw()
    scores = [sigma * np.sum(signs * template) for signs in itertools.product((-1, 1), repeat=6)]
    variance = np.mean(np.square(scores)) - np.mean(scores) ** 2
    return formula(template, sigma), variance


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


@exact_check("Σ_d x[:,:,d] ⋆ y[:,:,d] is the inner product of the filter with 3D tubes")
def planes_are_tubes(draw: Draw, formula: Any = correlate_multichannel) -> tuple:
    pairs = tensors(draw)
    return [formula(x, y) for x, y in pairs], [tubes(x, y) for x, y in pairs]


@exact_check("The multichannel result is slice D of the full 3D cross-correlation, for D = 1, 2, 3")
def slice_of_three_dimensions(
    draw: Draw, formula: Any = lambda full, depth: full[:, :, depth - 1]
) -> tuple:
    pairs = tensors(draw)
    found = [formula(index_formula(x, y), x.shape[2]) for x, y in pairs]
    return found, [correlate_multichannel(x, y) for x, y in pairs]


def torch_multichannel(x: Array, y: Array) -> Array:
    """The same by `torch.nn.Conv2d` with h − 1 and w − 1 zeros around, in the type of x and y."""
    h, w, depth = x.shape
    layer = torch.nn.Conv2d(depth, 1, (h, w), padding=(h - 1, w - 1), bias=False)
    layer.weight = torch.nn.Parameter(torch.tensor(x).permute(2, 0, 1)[None])
    with torch.no_grad():
        return layer(torch.tensor(y).permute(2, 0, 1)[None])[0, 0].numpy()


@exhaustive_check(
    "torch.nn.Conv2d with padding (h − 1, w − 1) gives the full result, for all pairs of unit"
    " tensors, 2 × 3 × 2 and 3 × 4 × 2 (both are bilinear)"
)
def conv2d_of_pytorch(rng: Rng, formula: Any = correlate_multichannel) -> tuple:
    pairs = unit_pairs((2, 3, 2), (3, 4, 2))
    return [formula(x, y) for x, y in pairs], [torch_multichannel(x, y) for x, y in pairs]
