"""CS 7643 PS 2, problem 2: the formulas of the chapter, each held against a reference.

Letters as in the chapter: g(x) = x/(1 + |x|) is softsign, g_k(x) = x/(1 + |x|^k)^(1/k) the family
that it belongs to. Formulas take numbers, arrays, fractions or SymPy symbols.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
import torch

from problems.cs7643_ps2.p2_activation.sigmoids import composed, slopes
from proofsheet.checks import (
    bound_check,
    derivation_check,
    equality_check,
    identity_check,
    relative_error,
)

# The formulas -----------------------------------------------------------------------------


def softsign(x: Any) -> Any:
    """g(x) = x/(1 + |x|)."""
    return x / (1 + abs(x))


def softsign_derivative(x: Any) -> Any:
    """g'(x) = 1/(1 + |x|)², at 0 too."""
    return 1 / (1 + abs(x)) ** 2


def from_output(g: Any) -> Any:
    """g'(x) in terms of g = g(x): (1 − |g|)²."""
    return (1 - abs(g)) ** 2


def quotient_error(h: Any) -> Any:
    """How far the difference quotient (g(h) − g(0))/h is from 1: |h|/(1 + |h|)."""
    return abs(h) / (1 + abs(h))


def iterated(x: Any, n: int) -> tuple[Any, Any]:
    """The n-fold composition g(g(… g(x))) and its derivative by x."""
    return x / (1 + n * abs(x)), 1 / (1 + n * abs(x)) ** 2


def relative(x: Any, k: float) -> Any:
    """g_k(x) = x/(1 + |x|^k)^(1/k); k = 1 is softsign."""
    return x / (1 + abs(x) ** k) ** (1 / k)


def relative_derivative(x: Any, k: float) -> Any:
    """g_k'(x) = (1 + |x|^k)^(−1 − 1/k)."""
    return (1 + abs(x) ** k) ** (-1 - 1 / k)


def tanh_tail(x: Any) -> Any:
    """What tanh'(x) comes to for large |x|: 4 exp(−2|x|)."""
    return 4 * np.exp(-2 * np.abs(x))


def gradient_bound(weights: Sequence[np.ndarray]) -> float:
    """Largest factor by which a softsign network stretches a gradient: the product of ‖W_l‖₂."""
    return float(np.prod([np.linalg.norm(W, 2) for W in weights]))


def tails(x: sympy.Symbol) -> dict[str, sympy.Expr]:
    """What the slopes of the odd functions of `sigmoids` come to for large x > 0."""
    return {
        "softsign": 1 / x**2,
        "arctan": 4 / (sympy.pi * x) ** 2,
        "inverse_root": 1 / x**3,
        "tanh": 4 * sympy.exp(-2 * x),
        "erf": sympy.exp(-sympy.pi * x**2 / 4),
    }


# Random cases and references --------------------------------------------------------------


def draw_points(rng: np.random.Generator) -> np.ndarray:
    """Twenty points of both signs and of sizes from 10⁻³ to 10³, and 0."""
    x = rng.choice([-1, 1], 20) * 10 ** rng.uniform(-3, 3, 20)
    return np.append(x, 0.0)


def network_jacobian(weights: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
    """Jacobian at x of x ↦ g(W_L … g(W_1 x)), by autograd."""

    def network(x: torch.Tensor) -> torch.Tensor:
        for W in weights:
            x = torch.nn.functional.softsign(torch.tensor(W) @ x)
        return x

    return torch.autograd.functional.jacobian(network, torch.tensor(x)).numpy()


# (a) Zero-centered ------------------------------------------------------------------------


@derivation_check(
    claim="g(−x) = −g(x) for all x, and g(x) > 0 for x > 0",
    method="symbolic",
    tolerance=0,
)
def odd(rng, formula=softsign):
    x, right = sympy.Symbol("x", real=True), sympy.Symbol("x", positive=True)
    return int(sympy.simplify(formula(-x) + formula(x)) != 0) + (not formula(right).is_positive)


# (b) i The derivative away from 0 ---------------------------------------------------------


@derivation_check(
    claim="g'(x) = 1/(1 + |x|)² for x > 0 and for x < 0",
    method="symbolic",
    tolerance=0,
)
def derivative_by_cases(rng, formula=softsign_derivative):
    wrong = 0
    for sign in ({"positive": True}, {"negative": True}):
        x = sympy.Symbol("x", **sign)
        wrong += sympy.simplify(sympy.diff(softsign(x), x) - formula(x)) != 0
    return wrong


@derivation_check(
    claim="g'(x) = 1/(1 + |x|)², as autograd differentiates torch's softsign, at 0 too",
    method="autograd",
    trials=100,
    tolerance=1e-12,
)
def derivative_autograd(rng, formula=softsign_derivative):
    x = draw_points(rng)
    expected = slopes(torch.nn.functional.softsign, x)
    return float(np.max(np.abs(formula(x) - expected) / expected))


@derivation_check(
    claim="g'(x) = (1 − |g(x)|)²",
    method="autograd",
    trials=100,
    tolerance=1e-9,  # 1 − |g| cancels: at |x| = 1000 it keeps 13 digits
)
def derivative_from_output(rng, formula=from_output):
    x = draw_points(rng)
    expected = slopes(torch.nn.functional.softsign, x)
    return float(np.max(np.abs(formula(softsign(x)) - expected) / expected))


@identity_check("tanh' = 1 − tanh²")
def tanh_from_output(rng, formula=lambda g: 1 - g**2):
    x = sympy.Symbol("x", real=True)
    tanh = (sympy.exp(x) - sympy.exp(-x)) / (sympy.exp(x) + sympy.exp(-x))
    return sympy.diff(tanh, x), formula(tanh)


# (b) ii The derivative at 0 ---------------------------------------------------------------


@derivation_check(
    claim="(g(h) − g(0))/h has both one-sided limits 1 at h = 0, and so has g'(h)",
    method="symbolic",
    tolerance=0,
)
def derivative_at_zero(rng, formula=lambda: (1, 1)):
    sides = []
    for sign, side in (({"negative": True}, "-"), ({"positive": True}, "+")):
        h = sympy.Symbol("h", **sign)
        quotient = (softsign(h) - softsign(sympy.Integer(0))) / h
        limits = {sympy.limit(f, h, 0, side) for f in (quotient, sympy.diff(softsign(h), h))}
        sides.append(limits)
    return sum(limits != {value} for limits, value in zip(sides, formula(), strict=True))


@derivation_check(
    claim="|(g(h) − g(0))/h − 1| = |h|/(1 + |h|), for h > 0 and for h < 0",
    method="symbolic",
    tolerance=0,
)
def quotient_at_zero(rng, formula=quotient_error):
    wrong = 0
    for sign in ({"positive": True}, {"negative": True}):
        h = sympy.Symbol("h", **sign)
        error = sympy.simplify((softsign(h) - softsign(sympy.Integer(0))) / h - 1)
        wrong += sympy.simplify(abs(error) - formula(h)) != 0
    return wrong


# (b) iii Large |x| ------------------------------------------------------------------------


@derivation_check(
    claim="g → −1 and 1, g' → 0 and 0, x² g' → 1 and 1 as x → −∞ and ∞",
    method="symbolic",
    tolerance=0,
)
def limits(rng, formula=lambda: ((-1, 0, 1), (1, 0, 1))):
    wrong = 0
    for sign, end, expected in zip(
        ({"negative": True}, {"positive": True}), (-sympy.oo, sympy.oo), formula(), strict=True
    ):
        x = sympy.Symbol("x", **sign)
        slope = sympy.diff(softsign(x), x)
        found = [sympy.limit(f, x, end) for f in (softsign(x), slope, x**2 * slope)]
        wrong += sum(a != b for a, b in zip(found, expected, strict=True))
    return wrong


@derivation_check(
    claim="0 < g'(x) ≤ min(1, 1/x²), within the factor (1 + min(|x|, 1/|x|))²",
    method="bound",
    trials=100,
    tolerance=1e-12,
)
def slope_bound(rng, formula=lambda x: np.minimum(1, 1 / x**2)):
    x = draw_points(rng)[:-1]
    slope, bound = slopes(torch.nn.functional.softsign, x), formula(x)
    loose = (1 + np.minimum(np.abs(x), 1 / np.abs(x))) ** 2
    return max(np.max(-slope), np.max(slope / bound - 1), np.max(bound / slope / loose - 1))


@derivation_check(
    claim="1 − 2 exp(−2|x|) ≤ tanh'(x) / (4 exp(−2|x|)) ≤ 1",
    method="bound",
    trials=100,
    tolerance=1e-12,
)
def tanh_slope(rng, formula=tanh_tail):
    x = rng.uniform(-300, 300, 20)
    # cosh itself, because 1 − tanh² has no digits left beyond |x| = 19
    ratio = 1 / np.cosh(x) ** 2 / formula(x)
    return max(np.max(ratio - 1), np.max(1 - 2 * np.exp(-2 * np.abs(x)) - ratio))


@derivation_check(
    claim="slopes of the five functions over the tails of the table tend to 1",
    method="symbolic",
    tolerance=0,
)
def tails_of_slopes(rng, formula=tails):
    x = sympy.Symbol("x", positive=True)
    functions = {
        "softsign": softsign(x),
        "arctan": 2 / sympy.pi * sympy.atan(sympy.pi * x / 2),
        "inverse_root": x / sympy.sqrt(1 + x**2),
        "tanh": 1 - 2 / (sympy.exp(2 * x) + 1),
        "erf": sympy.erf(sympy.sqrt(sympy.pi) * x / 2),
    }
    claimed = formula(x)
    ratios = (sympy.simplify(sympy.diff(f, x) / claimed[name]) for name, f in functions.items())
    return sum(sympy.limit(ratio, x, sympy.oo) != 1 for ratio in ratios)


@equality_check(
    "g_k'(x) = (1 + |x|^k)^(−1 − 1/k) for g_k(x) = x/(1 + |x|^k)^(1/k)", method="autograd"
)
def derivatives_of_relatives(rng, formula=relative_derivative):
    x, k = draw_points(rng)[:-1], rng.uniform(1, 6)
    # The terms that autograd adds nearly cancel for large |x|.
    x = x[np.abs(x) < 3]
    return formula(x, k), slopes(lambda x: relative(x, k), x)


@derivation_check(
    claim="n times g: x/(1 + n|x|), with derivative 1/(1 + n|x|)²",
    method="autograd",
    trials=100,
    tolerance=1e-12,
)
def composition(rng, formula=iterated):
    x, n = draw_points(rng), int(rng.integers(1, 30))

    def chain(x: torch.Tensor) -> torch.Tensor:
        *_, last = composed(torch.nn.functional.softsign, x, n)
        return last

    value, slope = formula(x, n)
    expected = chain(torch.tensor(x)).numpy()
    return max(
        relative_error(value, expected),
        float(np.max(np.abs(slope / slopes(chain, x) - 1))),
    )


@bound_check(
    "‖∂g(W_L … g(W_1 x))/∂x‖₂ ≤ ∏ ‖W_l‖₂, attained at x = 0 by multiples of orthogonal W_l",
    trials=50,
    tolerance=1e-10,
)
def network_gradient(rng, formula=gradient_bound):
    width, depth = int(rng.integers(2, 8)), int(rng.integers(1, 8))
    weights = list(rng.standard_normal((depth, width, width)))
    found = np.linalg.norm(network_jacobian(weights, rng.standard_normal(width)), 2)
    turns = [rng.uniform(0.5, 2) * np.linalg.qr(W)[0] for W in weights]
    attained = np.linalg.norm(network_jacobian(turns, np.zeros(width)), 2)
    return found / formula(weights), 1, attained / formula(turns), 1
