"""CS 7643 PS 2, problem 2: the formulas of the chapter, each held against a reference.

g(x) = x/(1 + |x|) is softsign. Formulas take numbers, arrays or SymPy symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy
import torch

from proofsheet.checks import bound_check, derivation_check

# The formulas -----------------------------------------------------------------------------


def softsign(x: Any) -> Any:
    """g(x) = x/(1 + |x|)."""
    return x / (1 + abs(x))


def softsign_derivative(x: Any) -> Any:
    """g'(x) = 1/(1 + |x|)², at 0 too."""
    return 1 / (1 + abs(x)) ** 2


def gradient_bound(weights: Sequence[np.ndarray]) -> float:
    """Largest factor by which a softsign network stretches a gradient: the product of ‖W_l‖₂."""
    return float(np.prod([np.linalg.norm(W, 2) for W in weights]))


# Random cases and references --------------------------------------------------------------


def draw_points(rng: np.random.Generator) -> np.ndarray:
    """Twenty points of both signs and of sizes from 10⁻³ to 10³, and 0."""
    x = rng.choice([-1, 1], 20) * 10 ** rng.uniform(-3, 3, 20)
    return np.append(x, 0.0)


def slopes(function: Callable[[torch.Tensor], torch.Tensor], x: np.ndarray) -> np.ndarray:
    """The derivative of an entrywise function at `x`, in its shape and precision, by autograd."""
    point = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(function(point).sum(), point)
    return slope.numpy()


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
