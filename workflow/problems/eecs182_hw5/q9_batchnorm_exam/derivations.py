"""EECS 182 HW 5, question 9: the formulas of the chapter, each held against a reference.

Letters as in the chapter: a batch of m values with mean μ_B and variance σ_B², scale γ, shift β;
in the plane Σ is the covariance of the data, ρ the correlation, C that of the output.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from proofsheet.checks import exact_check, identity_check
from proofsheet.exact import Draw, solve

Rng = np.random.Generator

# The formulas -----------------------------------------------------------------------------


def moments_of_the_output(variance: Any, gamma: Any, beta: Any, eps: Any) -> tuple:
    """Mean β and variance γ²σ_B²/(σ_B² + ε) of the output, for any batch."""
    return beta, gamma**2 * variance / (variance + eps)


def density_of_the_output(y: Any, gamma: Any, beta: Any) -> Any:
    """Of N(β, γ²), in symbols."""
    return sympy.exp(-((y - beta) ** 2) / (2 * gamma**2)) / (gamma * sympy.sqrt(2 * sympy.pi))


def correlation_matrix(covariance: np.ndarray) -> np.ndarray:
    """C = D^{−1/2} Σ D^{−1/2} with D = diag Σ."""
    deviations = np.sqrt(np.diag(covariance))
    return covariance / np.outer(deviations, deviations)


def semi_axes(rho: Any, k: Any = 1) -> tuple[Any, Any]:
    """Of the k-SD contour of C: k√(1 + ρ) along (1, 1) and k√(1 − ρ) along (1, −1)."""
    return k * np.sqrt(1 + rho), k * np.sqrt(1 - rho)


def touching_point(rho: Any, k: Any) -> tuple[Any, Any]:
    """Where the k-SD contour of C touches the line z₁ = k: (k, ρk)."""
    return k, rho * k


def contour(mean: np.ndarray, covariance: np.ndarray, k: float, points: int = 181) -> np.ndarray:
    """Points (points, 2) with (x − mean)ᵀΣ⁻¹(x − mean) = k²."""
    angle = np.linspace(0, 2 * np.pi, points)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    return mean + k * (np.linalg.cholesky(covariance) @ circle).T


# References -------------------------------------------------------------------------------


def layer(x: np.ndarray, gamma: Any = 1, beta: Any = 0, eps: Any = 0) -> np.ndarray:
    """Batch norm in training, (m, features)."""
    centered = x - x.mean(axis=0)
    return gamma * centered / np.sqrt((centered**2).mean(axis=0) + eps) + beta


def covariance(x: np.ndarray) -> np.ndarray:
    """Of the columns of x (m, features), divided by m."""
    centered = x - x.mean(axis=0)
    return centered.T @ centered / len(x)


# (a) One dimension ------------------------------------------------------------------------


@identity_check(
    "x ~ N(μ, σ²) becomes y ~ N(β, γ²): density of γ(x − μ)/σ + β by change of variables"
)
def gaussian_stays_gaussian(rng: Rng, formula: Callable = density_of_the_output) -> tuple:
    y, mu, beta = sympy.symbols("y mu beta", real=True)
    sigma, gamma = sympy.symbols("sigma gamma", positive=True)
    x = mu + sigma * (y - beta) / gamma  # the input that gives y
    before = sympy.exp(-((x - mu) ** 2) / (2 * sigma**2)) / (sigma * sympy.sqrt(2 * sympy.pi))
    return formula(y, gamma, beta), before * sympy.diff(x, y)


@exact_check("the output of any batch has mean β and variance γ²σ_B²/(σ_B² + ε)")
def mean_and_variance(draw: Draw, formula: Callable = moments_of_the_output) -> tuple:
    x, gamma, beta, eps = draw(int(draw.rng.integers(2, 7)), 1), *draw(3)
    y = layer(x, gamma, beta, eps)
    return formula(covariance(x)[0, 0], gamma, beta, eps), (y.mean(), covariance(y)[0, 0])


# (b) Two dimensions -----------------------------------------------------------------------


@exact_check(
    "the covariance of the output is the correlation matrix D^{−1/2}ΣD^{−1/2} of the input"
)
def covariance_becomes_correlation(draw: Draw, formula: Callable = correlation_matrix) -> tuple:
    x = draw(int(draw.rng.integers(3, 7)), 2)
    return formula(covariance(x)), covariance(layer(x))


@exact_check("zᵀC⁻¹z = (x − μ)ᵀΣ⁻¹(x − μ) for z = D^{−1/2}(x − μ): contours go to contours")
def contours_are_mapped(draw: Draw, formula: Callable = correlation_matrix) -> tuple:
    deviation, variances, mixed = draw(2), draw.positive(2), draw()
    sigma = np.array([[variances[0], mixed], [mixed, variances[1]]])
    z = deviation / np.sqrt(variances)
    return z @ solve(formula(sigma), z), deviation @ solve(sigma, deviation)


@exact_check("C has the eigenvalues 1 ± ρ, squares of the semi-axes, with (1, ±1)")
def axes_are_the_diagonals(draw: Draw, formula: Callable = semi_axes) -> tuple:
    rho, diagonals = draw(), np.array([[1, 1], [1, -1]])  # the columns
    return diagonals * np.array(formula(rho)) ** 2, np.array([[1, rho], [rho, 1]]) @ diagonals


@exact_check(
    "zᵀC⁻¹z − z₁² = (z₂ − ρz₁)²/(1 − ρ²) ≥ 0: the contour lies in |z₁| ≤ k and touches z₁ = k at"
    " (k, ρk)"
)
def contour_touches_the_square(draw: Draw, formula: Callable = touching_point) -> tuple:
    z, rho = draw(2), draw()
    C = np.array([[1, rho], [rho, 1]])
    first, second = formula(rho, z[0])
    return (first, z @ solve(C, z) - z[0] ** 2), (z[0], (z[1] - second) ** 2 / (1 - rho**2))
