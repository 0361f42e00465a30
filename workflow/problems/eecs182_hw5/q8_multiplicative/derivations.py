"""EECS 182 HW 5, question 8: the formulas of the chapter, each held against a reference.

The entries of R are independent N(μ, σ²); A and B are the factors of X and of ‖Γw‖².
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import sympy

from proofsheet.checks import derivation_check, exact_check, identity_check
from proofsheet.exact import Draw
from proofsheet.learning.multiplicative_noise import (
    expected_loss,
    minimizer,
    minimizer_with_masks,
    second_moment,
)

Rng = np.random.Generator

# What the question offers, as functions of μ and σ
A_OPTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "μ": lambda mu, sigma: mu,
    "2μ": lambda mu, sigma: 2 * mu,
    "μ/2": lambda mu, sigma: mu / 2,
    "σ": lambda mu, sigma: sigma,
    "2σ": lambda mu, sigma: 2 * sigma,
    "σ/2": lambda mu, sigma: sigma / 2,
}
B_OPTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "μ²": lambda mu, sigma: mu**2,
    "2μ²": lambda mu, sigma: 2 * mu**2,
    "μ²/2": lambda mu, sigma: mu**2 / 2,
    "σ²": lambda mu, sigma: sigma**2,
    "2σ²": lambda mu, sigma: 2 * sigma**2,
    "σ²/2": lambda mu, sigma: sigma**2 / 2,
}
ANSWER = ("μ", "σ²")

# The formulas -----------------------------------------------------------------------------


def option_loss(a: str, b: str, w: Any, X: Any, y: Any, mu: Any, sigma: Any) -> Any:
    """‖y − A Xw‖² + B‖Γw‖² with one of the options for each."""
    residual = y - A_OPTIONS[a](mu, sigma) * (X @ w)
    return residual @ residual + B_OPTIONS[b](mu, sigma) * np.sum(np.sum(X**2, axis=0) * w**2)


def keep_probability(mu: Any, sigma: Any) -> Any:
    """p of the dropout that penalizes alike: (1 − p)/p = σ²/μ²."""
    return mu**2 / (mu**2 + sigma**2)


# Cases and references ---------------------------------------------------------------------


def symbols(n: int, d: int) -> tuple[np.ndarray, ...]:
    """X and R (n, d), y (n,) and w (d,)."""
    X, R = (np.array(sympy.symbols(f"{name}:{n * d}")).reshape(n, d) for name in "xr")
    return X, R, np.array(sympy.symbols(f"y:{n}")), np.array(sympy.symbols(f"w:{d}"))


def expectation(expression: Any, R: np.ndarray, mu: Any, sigma: Any) -> Any:
    """Mean over independent entries of R, each of them at most squared in the expression.

    Term by term: the mean of a product of independent numbers is the product of their means.
    """
    moments = (1, mu, mu**2 + sigma**2)
    terms = sympy.Poly(sympy.expand(expression), *R.ravel()).terms()
    return sum(factor * math.prod(moments[power] for power in powers) for powers, factor in terms)


MU, SIGMA = sympy.symbols("mu sigma")
SIZES = ((2, 2), (1, 3), (3, 2))

# The hint ---------------------------------------------------------------------------------


@derivation_check(
    claim="of the 36 pairs only (μ, σ²) is right for μ = 1, σ = 0 and for μ = 0, any σ",
    method="symbolic",
    tolerance=0,
)
def the_hint_decides(rng: Rng, formula: tuple[str, str] = ANSWER) -> int:
    sigma = sympy.Symbol("sigma", positive=True)
    x, w, y = (np.array(sympy.symbols(f"{letter}1:3")) for letter in "xwy")
    X = np.diag(x) + np.full((2, 2), sympy.Integer(1))
    plain, gamma = y - X @ w, np.sum(np.sum(X**2, axis=0) * w**2)
    # σ = 0: R is constant. μ = 0: the products of different entries have expectation 0.
    cases = ((1, 0, plain @ plain), (0, sigma, y @ y + sigma**2 * gamma))
    left = [
        (a, b)
        for a, b in product(A_OPTIONS, B_OPTIONS)
        if all(
            sympy.expand(option_loss(a, b, w, X, y, sympy.Integer(mu), sympy.sympify(s)) - mean)
            == 0
            for mu, s, mean in cases
        )
    ]
    return len(set(left) ^ {formula})


# The derivation ---------------------------------------------------------------------------


@identity_check(
    "E[(R∘X)ᵀ(R∘X)] = μ²XᵀX + σ² diag(XᵀX), with E R_ij² = μ² + σ²", simplify=sympy.expand
)
def second_moment_of_the_noise(
    rng: Rng, formula: Callable = lambda X, mu, sigma: second_moment(X, mu, sigma**2)
) -> tuple:
    cases = [symbols(*size) for size in SIZES]
    products = [(R, (R * X).T @ (R * X)) for X, R, *_ in cases]
    means = [[expectation(entry, R, MU, SIGMA) for entry in whole.flat] for R, whole in products]
    return [list(formula(X, MU, SIGMA).flat) for X, *_ in cases], means


@identity_check(
    "E‖y − (R∘X)w‖² = ‖y − μXw‖² + σ²‖Γw‖²; only E R_ij and E R_ij² enter", simplify=sympy.expand
)
def loss_symbolic(
    rng: Rng, formula: Callable = lambda w, X, y, mu, sigma: expected_loss(w, X, y, mu, sigma**2)
) -> tuple:
    found, means = [], []
    for X, R, y, w in (symbols(*size) for size in SIZES):
        residual = y - (R * X) @ w
        found.append(formula(w, X, y, MU, SIGMA))
        means.append(expectation(residual @ residual, R, MU, SIGMA))
    return found, means


# What follows -----------------------------------------------------------------------------


@exact_check("μw̌ is what dropout with p = μ²/(μ² + σ²) learns, times p")
def the_same_as_dropout(draw: Draw, formula: Callable = keep_probability) -> tuple:
    X, y, mu, sigma = draw(4, 2), draw(4), draw(), draw()
    p = formula(mu, sigma)
    return mu * minimizer(X, y, mu, sigma**2), p * minimizer_with_masks(X, y, p)
