"""CS 7643 PS 2, problem 5: circulants, the shift, and the maps that commute with it.

Letters as in the chapter: S is the circular shift by one, C_a the circulant whose first column is
a, x ∗ w the circular convolution, F the discrete Fourier transform.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import sympy
import torch
from torch.nn.functional import relu

from problems.cs7643_ps2.p5_convolution.circulants import (
    circulant,
    circular_convolution,
    commutator_operator,
    grid_shifts,
    nullity,
    shift_matrix,
)
from problems.cs7643_ps2.p5_convolution.equivariance import Layer, chain, convolution, max_pool
from proofsheet.checks import exact_check, exhaustive_check, identity_check

# The formulas of the chapter ------------------------------------------------------------------


def polynomial_in_shift(a: np.ndarray) -> np.ndarray:
    """Σ_k a_k Sᵏ, (n, n)."""
    S = shift_matrix(len(a))
    return sum(a_k * np.linalg.matrix_power(S, k) for k, a_k in enumerate(a))


def from_first_column(column: np.ndarray) -> np.ndarray:
    """The map that commutes with S and takes e₀ to `column`: its k-th column is Sᵏ `column`."""
    return np.stack([np.roll(column, k) for k in range(len(column))], axis=1)


def column_of_layer(weights: np.ndarray, n: int) -> np.ndarray:
    """The a for which PyTorch's circular convolution layer with `weights` is C_a."""
    a = np.zeros(n)
    # The layer takes w_k from the neighbor k − reach to the right: (C_a)_{i, i + k − reach}.
    for k, w_k in enumerate(weights):
        a[(len(weights) // 2 - k) % n] += w_k
    return a


def network(weights: torch.Tensor, biases: torch.Tensor) -> Layer:
    """Circular convolutions, biases, ReLUs and a maximum over neighbors, none with a stride."""
    layers = []
    for w, b in zip(weights, biases, strict=True):
        layers += [convolution(w, bias=float(b)), relu, max_pool(1)]
    return chain(*layers)


def border(n: int) -> np.ndarray:
    """Where T S − S T of a Toeplitz matrix T (n, n) can differ from zero: first row, last column
    without their common corner."""
    mask = np.zeros((n, n), dtype=bool)
    mask[0], mask[:, -1] = True, True
    mask[0, -1] = False
    return mask


# Sizes and entries of the matrices that are gone through one by one
SMALL_MATRICES = ((1, (-1, 0, 1)), (2, (-1, 0, 1)), (3, (-1, 0, 1)), (4, (0, 1)))

# Cases ----------------------------------------------------------------------------------------


def vectors(n: int, entries: tuple[int, ...] = (-1, 0, 1)) -> Iterator[np.ndarray]:
    """All vectors (n,) with these entries."""
    return (np.array(a) for a in product(entries, repeat=n))


def fourier_matrix(n: int) -> sympy.Matrix:
    """F_jk = exp(−2πi jk / n), by its definition."""
    root = sympy.exp(-2 * sympy.pi * sympy.I / n).expand(complex=True)
    return sympy.Matrix(n, n, lambda j, k: sympy.expand(root ** (j * k % n)))


# (a) ------------------------------------------------------------------------------------------


@exact_check("x ∗ w = C_w x = C_x w, so ∗ is commutative")
def convolution_by_matrix(draw, formula=circulant):
    x, w = draw(2, int(draw.rng.integers(2, 8)))
    expected = circular_convolution(x, w)
    return (formula(w) @ x, formula(x) @ w), (expected, expected)


@exhaustive_check("C_a = Σ_k a_k Sᵏ for all a in {−1, 0, 1}ⁿ, n ≤ 6")
def polynomial_in_the_shift(rng, formula=polynomial_in_shift):
    every = [a for n in range(1, 7) for a in vectors(n)]
    return list(map(formula, every)), list(map(circulant, every))


@exhaustive_check("C_a S = S C_a for all a in {−1, 0, 1}ⁿ, n ≤ 7")
def circulants_commute(rng, formula=circulant):
    pairs = [(formula(a), shift_matrix(n)) for n in range(1, 8) for a in vectors(n)]
    return [C @ S for C, S in pairs], [S @ C for C, S in pairs]


@identity_check(
    "F C_a F⁻¹ = diag(Fa), for n = 1, 2, 3, 4 and 6: F C_a = diag(Fa) F, and F⁻¹ is F̄ᵀ/n",
    simplify=sympy.expand,
)
def diagonal_in_fourier_basis(rng, formula=lambda F, a: F * a):
    left, right = [], []
    for n in (1, 2, 3, 4, 6):
        F, a = fourier_matrix(n), sympy.Matrix(sympy.symbols(f"a:{n}"))
        left += [F * sympy.Matrix(circulant(list(a))), F * F.H]
        right += [sympy.diag(*formula(F, a)) * F, n * sympy.eye(n)]
    return left, right


# (b) ------------------------------------------------------------------------------------------


@exhaustive_check(
    "of all matrices over {−1, 0, 1} (n ≤ 3) and {0, 1} (n = 4), those that commute with S "
    "are the circulants of their first columns"
)
def only_circulants_commute(rng, formula=from_first_column):
    found = []
    for n, entries in SMALL_MATRICES:
        every = np.stack(list(vectors(n * n, entries))).reshape(-1, n, n)
        S = shift_matrix(n)
        found += list(every[np.all(every @ S == S @ every, axis=(1, 2))])
    # One for every first column: none is missing.
    columns = sum(len(entries) ** n for n, entries in SMALL_MATRICES)
    return ([formula(L[:, 0]) for L in found], columns), (found, len(found))


@exhaustive_check("Sb = b only for constant b, among all b in {−1, 0, 1}ⁿ, n ≤ 7")
def equivariant_bias(rng, formula=lambda b: np.all(b == b[0])):
    every = [b for n in range(1, 8) for b in vectors(n)]
    return [formula(b) for b in every], [np.array_equal(shift_matrix(len(b)) @ b, b) for b in every]


# (c) ------------------------------------------------------------------------------------------


@exhaustive_check(
    "on grids (images, video) the maps that commute with all shifts have dimension Πnᵢ"
)
def convolutions_on_grids(rng, formula=lambda *sizes: np.prod(sizes)):
    sizes = [(1, 3), (2, 2), (2, 3), (3, 3), (2, 4), (3, 4), (2, 2, 2), (2, 2, 3)]
    found = [nullity(commutator_operator(*grid_shifts(*grid))) for grid in sizes]
    return [formula(*grid) for grid in sizes], found


@exhaustive_check("from c to d channels of n samples the dimension is n c d: one kernel per pair")
def convolutions_of_channels(rng, formula=lambda n, c, d: n * c * d):
    sizes, found = list(product((2, 3, 4), (1, 2, 3), (1, 2, 3))), []
    for n, c, d in sizes:
        S = shift_matrix(n)
        # vec L ↦ vec(L (I ⊗ S) − (I ⊗ S) L) for L (dn, cn)
        operator = np.kron(np.eye(d * n), np.kron(np.eye(c), S).T)
        found.append(nullity(operator - np.kron(np.kron(np.eye(d), S), np.eye(c * n))))
    return [formula(*size) for size in sizes], found


@exhaustive_check(
    "PyTorch's convolution layer with circular padding is C_a, its weights reversed in a: "
    "both are bilinear, and agree for all unit kernels (1, 3, 5) and unit signals (n from 5 to 11)"
)
def layer_is_circulant(rng, formula=column_of_layer):
    cases = [(w, n) for size, n in product((1, 3, 5), range(5, 12)) for w in np.eye(size)]
    rows = [convolution(torch.tensor(w))(torch.eye(n, dtype=torch.float64)) for w, n in cases]
    return [circulant(formula(w, n)).T for w, n in cases], rows


@exhaustive_check(
    "a network of circular convolutions, biases, ReLUs and maxima without strides has "
    "f(Sx) = Sf(x): two layers, all kernels in {−1, 0, 1}³, biases and x in {−1, 0, 1}⁶"
)
def network_is_equivariant(rng, formula=network):
    x = torch.tensor(np.stack(list(vectors(6))), dtype=torch.float64)
    moved_before, moved_after = [], []
    for *weights, bias in vectors(4):
        kernel = torch.tensor(weights, dtype=torch.float64)
        f = formula(torch.stack([kernel, kernel]), torch.tensor([bias, -bias]))
        moved_before.append(f(torch.roll(x, 1, dims=1)))
        moved_after.append(torch.roll(f(x), 1, dims=1))
    return moved_before, moved_after


@exhaustive_check(
    "with zeros beyond the ends, TS − ST is zero outside the first row and last column, and"
    " only there if all diagonals differ (n from 2 to 9)"
)
def zero_padding_breaks_the_border(rng, formula=border):
    found = []
    for n in range(2, 10):
        i, S = np.arange(n), shift_matrix(n)
        T = n + i[:, None] - i  # all diagonals differ, and none is zero
        found.append(T @ S != S @ T)
    return [formula(n) for n in range(2, 10)], found


@exhaustive_check("after a stride s the output follows the shifts by multiples of s and no others")
def stride_follows_its_multiples(rng, formula=lambda n, s: set(range(0, n, s))):
    sizes = [(n, s) for n in range(2, 17) for s in range(1, 9) if n % s == 0 and n != s]
    found = []
    for n, s in sizes:
        x = np.arange(n)  # all entries different: a shift of the output is seen
        outputs = [np.roll(x[::s], j).tolist() for j in range(n // s)]
        found.append({k for k in range(n) if np.roll(x, k)[::s].tolist() in outputs})
    return [formula(*size) for size in sizes], found
