"""EECS 182 HW 5, question 9: the formulas of the chapter, each held against a reference.

Letters as in the chapter: a batch of m values with mean μ_B and variance σ_B², scale γ, shift β;
in the plane Σ is the covariance of the data, ρ the correlation, C that of the output.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
import torch
from scipy import optimize
from torch.nn.functional import batch_norm

from proofsheet.checks import derivation_check, equality_check

Rng = np.random.Generator

# The formulas -----------------------------------------------------------------------------


def moments_of_the_output(variance: float, gamma: float, beta: float, eps: float) -> tuple:
    """Mean β and variance γ²σ_B²/(σ_B² + ε) of the output, for any batch."""
    return beta, gamma**2 * variance / (variance + eps)


def density_of_the_output(y: Any, gamma: Any, beta: Any) -> Any:
    """Of N(β, γ²), in symbols."""
    return sympy.exp(-((y - beta) ** 2) / (2 * gamma**2)) / (gamma * sympy.sqrt(2 * sympy.pi))


def correlation_matrix(covariance: np.ndarray) -> np.ndarray:
    """C = D^{−1/2} Σ D^{−1/2} with D = diag Σ."""
    deviations = np.sqrt(np.diag(covariance))
    return covariance / np.outer(deviations, deviations)


def axes_of_the_contour(rho: Any, k: Any = 1) -> list[tuple[Any, tuple[Any, Any]]]:
    """Semi-axes of the k-SD contour of C: k√(1 ± ρ), along the diagonals (1, ±1)/√2."""
    root = sympy.sqrt if isinstance(rho, sympy.Expr) else np.sqrt
    half = 1 / root(sympy.Integer(2) if isinstance(rho, sympy.Expr) else 2)
    return [(k * root(1 + sign * rho), (half, sign * half)) for sign in (1, -1)]


def touching_point(rho: float, k: float) -> tuple[float, float]:
    """Where the k-SD contour of C touches the line z₁ = k: (k, ρk)."""
    return k, rho * k


def contour(mean: np.ndarray, covariance: np.ndarray, k: float, points: int = 181) -> np.ndarray:
    """Points (points, 2) with (x − mean)ᵀΣ⁻¹(x − mean) = k²."""
    angle = np.linspace(0, 2 * np.pi, points)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    return mean + k * (np.linalg.cholesky(covariance) @ circle).T


# Random cases and references --------------------------------------------------------------


def draw_covariance(rng: Rng) -> np.ndarray:
    """A covariance matrix (2, 2) with deviations from 0.3 to 3 and |ρ| < 0.95."""
    deviations, rho = 10 ** rng.uniform(-0.5, 0.5, 2), rng.uniform(-0.95, 0.95)
    return np.outer(deviations, deviations) * np.array([[1, rho], [rho, 1]])


def draw_batch(rng: Rng, features: int) -> np.ndarray:
    """A batch of 3 to 40 examples that is far from Gaussian, (m, features)."""
    m = int(rng.integers(3, 41))
    return rng.normal(size=features) + rng.exponential(2, (m, features)) @ rng.normal(
        size=(features, features)
    )


def layer(x: np.ndarray, gamma: float = 1.0, beta: float = 0.0, eps: float = 1e-12) -> np.ndarray:
    """PyTorch's batch norm in training, (m, features)."""
    features = x.shape[1]
    return batch_norm(
        torch.from_numpy(x), None, None, training=True, eps=eps,
        weight=torch.full((features,), gamma, dtype=torch.float64),
        bias=torch.full((features,), beta, dtype=torch.float64),
    ).numpy()  # fmt: skip


# (a) One dimension ------------------------------------------------------------------------


@derivation_check(
    claim="x ~ N(μ, σ²) becomes y ~ N(β, γ²): density of γ(x − μ)/σ + β by change of variables",
    method="symbolic",
    tolerance=0,
)
def gaussian_stays_gaussian(rng: Rng, formula: Callable = density_of_the_output) -> int:
    y, mu, beta = sympy.symbols("y mu beta", real=True)
    sigma, gamma = sympy.symbols("sigma gamma", positive=True)
    x = mu + sigma * (y - beta) / gamma  # the input that gives y
    before = sympy.exp(-((x - mu) ** 2) / (2 * sigma**2)) / (sigma * sympy.sqrt(2 * sympy.pi))
    expected = before * sympy.diff(x, y)
    return int(sympy.simplify(formula(y, gamma, beta) / expected) != 1)


@equality_check(
    "the output of any batch has mean β and variance γ²σ_B²/(σ_B² + ε), in PyTorch", tolerance=1e-10
)
def mean_and_variance(rng: Rng, formula: Callable = moments_of_the_output) -> tuple:
    x, gamma, beta = draw_batch(rng, 1), rng.normal(), rng.normal()
    eps = float(10 ** rng.uniform(-5, 0))
    y = layer(x, gamma, beta, eps)
    return formula(x.var(), gamma, beta, eps), (y.mean(), y.var())


# (b) Two dimensions -----------------------------------------------------------------------


@equality_check(
    "the covariance of the output is the correlation matrix D^{−1/2}ΣD^{−1/2} of the input",
    tolerance=1e-9,
)
def covariance_becomes_correlation(rng: Rng, formula: Callable = correlation_matrix) -> tuple:
    x = draw_batch(rng, 2)
    covariance = np.cov(x, rowvar=False, bias=True)
    return formula(covariance), np.cov(layer(x), rowvar=False, bias=True)


@equality_check(
    "the k-SD contour of the input is mapped to the k-SD contour of N(0, C)",
    trials=50,
    tolerance=1e-10,
)
def contours_are_mapped(rng: Rng, formula: Callable = correlation_matrix) -> tuple:
    mean, covariance, k = rng.normal(size=2), draw_covariance(rng), float(rng.integers(1, 3))
    mapped = (contour(mean, covariance, k) - mean) / np.sqrt(np.diag(covariance))
    squares = np.einsum("pi,ij,pj->p", mapped, np.linalg.inv(formula(covariance)), mapped)
    return np.sqrt(squares), np.full(len(mapped), k)


@derivation_check(
    claim="C = [[1, ρ], [ρ, 1]] has the eigenvalues 1 ± ρ with (1, ±1)/√2",
    method="symbolic",
    tolerance=0,
)
def axes_are_the_diagonals(rng: Rng, formula: Callable = axes_of_the_contour) -> int:
    rho = sympy.Symbol("rho", real=True)
    C = sympy.Matrix([[1, rho], [rho, 1]])
    wrong = 0
    for length, direction in formula(rho):
        v = sympy.Matrix(direction)
        wrong += sympy.simplify(C * v - length**2 * v) != sympy.zeros(2, 1)
        wrong += sympy.simplify(v.dot(v) - 1) != 0
    return wrong


@equality_check(
    "the contour lies in the square |z_j| ≤ k and touches z₁ = k at (k, ρk)",
    trials=30,
    tolerance=1e-6,
)
def contour_touches_the_square(rng: Rng, formula: Callable = touching_point) -> tuple:
    rho, k = float(rng.uniform(-0.95, 0.95)), float(rng.uniform(0.5, 3))
    C = np.array([[1, rho], [rho, 1]])

    def point(angle):
        return k * np.linalg.cholesky(C) @ (math.cos(angle), math.sin(angle))

    # The rightmost point, found by search
    found = optimize.minimize_scalar(
        lambda angle: -point(angle)[0], bounds=(-1.6, 1.6), method="bounded",
        options={"xatol": 1e-10},
    )  # fmt: skip
    return np.array(formula(rho, k)), point(found.x)
