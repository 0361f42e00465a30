"""EECS 182 HW 5, question 8: the formulas of the chapter, each held against a reference.

The entries of R are independent N(μ, σ²); A and B are what stands before X and before ‖Γw‖².
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import sympy

from proofsheet.checks import derivation_check, exact_check
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
    f"{before}{letter}²{after}": lambda mu, sigma, a=A_OPTIONS[letter], c=factor: (
        c * a(mu, sigma) ** 2
    )
    for letter in ("μ", "σ")
    for before, after, factor in (("", "", 1), ("2", "", 2), ("", "/2", sympy.Rational(1, 2)))
}
ANSWER = ("μ", "σ²")

# The formulas -----------------------------------------------------------------------------


def noisy_loss(w: np.ndarray, X: np.ndarray, y: np.ndarray, mu: Any, sigma: Any) -> Any:
    """‖y − μXw‖² + σ²‖Γw‖²."""
    return expected_loss(w, X, y, mu, sigma**2)


def noisy_moment(X: np.ndarray, mu: Any, sigma: Any) -> np.ndarray:
    """E[(R∘X)ᵀ(R∘X)] = μ²XᵀX + σ² diag(XᵀX)."""
    return second_moment(X, mu, sigma**2)


def option_loss(a: str, b: str, w: Any, X: Any, y: Any, mu: Any, sigma: Any) -> Any:
    """‖y − A Xw‖² + B‖Γw‖² with one of the options for each."""
    residual = y - A_OPTIONS[a](mu, sigma) * (X @ w)
    return residual @ residual + B_OPTIONS[b](mu, sigma) * np.sum(np.sum(X**2, axis=0) * w**2)


def keep_probability(mu: Any, sigma: Any) -> Any:
    """p of the dropout that penalizes alike: (1 − p)/p = σ²/μ²."""
    return mu**2 / (mu**2 + sigma**2)


# References -------------------------------------------------------------------------------

# Values and their probabilities, in deviations from the mean, of a distribution with mean 0 and
# variance 1. A loss that is quadratic in each entry sees no other moments.


def two_values(p: Any) -> tuple[list, list]:
    """A coin that is not fair, standardized."""
    root = np.sqrt(p * (1 - p))
    return [(1 - p) / root, -p / root], [p, 1 - p]


def three_values(t: Any) -> tuple[list, list]:
    """−t, 0 and t; t = √3 gives the Gauss–Hermite rule, hence the moments of a normal number."""
    tail = 1 / (2 * t**2)
    return [-t, 0, t], [tail, 1 - 2 * tail, tail]


def integrated(X: np.ndarray, mu: Any, sigma: Any, rule: Any) -> Iterator[tuple]:
    """Every R∘X of a product quadrature with its weight."""
    nodes, weights = rule
    for chosen in product(range(len(nodes)), repeat=X.size):
        R = mu + sigma * np.array([nodes[k] for k in chosen]).reshape(X.shape)
        yield R * X, math.prod(weights[k] for k in chosen)


def integrated_loss(w, X, y, mu, sigma, rule) -> Any:
    return sum(
        weight * np.sum((y - noisy @ w) ** 2) for noisy, weight in integrated(X, mu, sigma, rule)
    )


def draw_case(draw: Draw) -> tuple[np.ndarray, np.ndarray, np.ndarray, Any, Any]:
    """X of four numbers, y, w, μ and σ."""
    n, d = ((1, 4), (2, 2))[draw.rng.integers(2)]
    return draw(n, d), draw(n), draw(d), draw(), draw()


# The hint ---------------------------------------------------------------------------------


@derivation_check(
    claim="of the 36 pairs only (μ, σ²) is right for μ = 1, σ = 0 and for μ = 0, any σ",
    method="symbolic",
    tolerance=0,
)
def the_hint_decides(rng: Rng, formula: Callable = lambda: ANSWER) -> int:
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
    return len(set(left) ^ {formula()})


# The derivation ---------------------------------------------------------------------------


@derivation_check(
    claim="E‖y − (R∘X)w‖² = ‖y − μXw‖² + σ²‖Γw‖² as polynomials, with E R_ij² = μ² + σ²",
    method="symbolic",
    tolerance=0,
)
def loss_symbolic(rng: Rng, formula: Callable = noisy_loss) -> int:
    mu, sigma, wrong = sympy.Symbol("mu"), sympy.Symbol("sigma"), 0
    for n, d in ((2, 2), (1, 3), (3, 2)):
        X, R = (np.array(sympy.symbols(f"{c}:{n * d}")).reshape(n, d) for c in "xr")
        y, w = np.array(sympy.symbols(f"y:{n}")), np.array(sympy.symbols(f"w:{d}"))
        residual = y - (R * X) @ w
        loss = sympy.Poly(sympy.expand(residual @ residual), *R.ravel())
        # Term by term: independent entries, so that the expectation of a product is a product.
        moments = (1, mu, mu**2 + sigma**2)
        mean = sum(
            factor * math.prod(moments[power] for power in powers)
            for powers, factor in loss.terms()
        )
        wrong += sympy.expand(formula(w, X, y, mu, sigma) - mean) != 0
    return wrong


@exact_check(
    "E[(R∘X)ᵀ(R∘X)] = μ²XᵀX + σ² diag(XᵀX), by a rule with three nodes for each entry; one such"
    " rule is that of Gauss and Hermite, which is exact here"
)
def second_moment_of_the_noise(draw: Draw, formula: Callable = noisy_moment) -> tuple:
    X, _, _, mu, sigma = draw_case(draw)
    noisy = integrated(X, mu, sigma, three_values(draw()))
    return formula(X, mu, sigma), sum(weight * Z.T @ Z for Z, weight in noisy)


# What follows -----------------------------------------------------------------------------


@exact_check("noise of two values and of three, of the same μ and σ², has the same mean loss")
def only_two_moments_count(draw: Draw, formula: Callable = noisy_loss) -> tuple:
    X, y, w, mu, sigma = draw_case(draw)
    rules = (three_values(draw()), two_values(draw.positive()))
    found = [integrated_loss(w, X, y, mu, sigma, rule) for rule in rules]
    return np.full(len(rules), formula(w, X, y, mu, sigma)), np.array(found)


@exact_check("μw̌ is what dropout with p = μ²/(μ² + σ²) learns, times p")
def the_same_as_dropout(draw: Draw, formula: Callable = keep_probability) -> tuple:
    X, y, mu, sigma = draw(4, 2), draw(4), draw(), draw()
    p = formula(mu, sigma)
    return mu * minimizer(X, y, mu, sigma**2), p * minimizer_with_masks(X, y, p)
