"""CS 7643 PS 2, problem 2: the formulas of the chapter, each held against a reference.

g(x) = x/(1 + |x|) is softsign. Formulas take numbers, arrays or SymPy symbols.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from proofsheet.checks import exact_check, identity_check
from proofsheet.exact import derivative


def softsign(x: Any) -> Any:
    """g(x) = x/(1 + |x|)."""
    return x / (1 + abs(x))


SIDES = {"-": sympy.Symbol("x", negative=True), "+": sympy.Symbol("x", positive=True)}
"""A number below and one above 0, by the side from which it comes to 0."""


# (a) Zero-centered ------------------------------------------------------------------------


@identity_check("g(−x) = −g(x) for all x, and g(x) > 0 for x > 0")
def odd(rng, formula=softsign):
    x, right = sympy.Symbol("x", real=True), sympy.Symbol("x", positive=True)
    return (formula(-x), int(bool(formula(right).is_positive))), (-formula(x), 1)


# (b) i The derivative away from 0 ---------------------------------------------------------


@identity_check("g'(x) = 1/(1 + |x|)² for x > 0 and for x < 0")
def derivative_by_cases(rng, formula=lambda x: 1 / (1 + abs(x)) ** 2):
    sides = SIDES.values()
    return [formula(x) for x in sides], [sympy.diff(softsign(x), x) for x in sides]


# (b) ii The derivative at 0 ---------------------------------------------------------------


@identity_check("(g(h) − g(0))/h has both one-sided limits 1 at h = 0, and so has g'(h)")
def derivative_at_zero(rng, formula=lambda: (1, 1)):
    limits = []
    for side, h in SIDES.items():
        quotient = (softsign(h) - softsign(sympy.Integer(0))) / h
        limits.append([sympy.limit(f, h, 0, side) for f in (quotient, sympy.diff(softsign(h), h))])
    return [[value, value] for value in formula()], limits


# (b) iii Large |x| ------------------------------------------------------------------------


@identity_check("g → −1 and 1, g' → 0 and 0, x² g' → 1 and 1 as x → −∞ and ∞")
def limits(rng, formula=lambda: ((-1, 0, 1), (1, 0, 1))):
    found = []
    for x, end in zip(SIDES.values(), (-sympy.oo, sympy.oo), strict=True):
        slope = sympy.diff(softsign(x), x)
        found.append([sympy.limit(f, x, end) for f in (softsign(x), slope, x**2 * slope)])
    return formula(), found


@identity_check("1/g'(x) = (1 + |x|)² and 1/(x² g'(x)) = (1 + 1/|x|)², both above 1 for x ≠ 0")
def slope_bound(rng, formula=lambda size: ((1 + size) ** 2, (1 + 1 / size) ** 2)):
    size = sympy.Symbol("a", positive=True)
    quotients = formula(size)
    above = [int(bool(sympy.expand(quotient - 1).is_positive)) for quotient in quotients]
    slopes = [sign * sympy.diff(softsign(sign * size), size) for sign in (1, -1)]
    inverses = [(1 / slope, 1 / (size**2 * slope)) for slope in slopes]
    return [quotients, quotients, above], [*inverses, (1, 1)]


@exact_check(
    "∏‖W_l‖² ‖v‖² − ‖D_L W_L … D_1 W_1 v‖² is a sum of squares with the factors ‖W_l‖² − σ_i² ≥ 0"
    " and 1 − D_l² ≥ 0; it is 0 at x = 0 for multiples of orthogonal W_l (width 2, three layers)",
    ordered=True,  # for |x|; near x = 0 softsign is x to first order with either sign
)
def network_gradient(draw, formula=np.prod):
    width, norms, slopes = 2, draw(3), draw(3, 2)
    v = start = draw(width)
    squares = 0
    for norm, D in zip(norms, slopes, strict=True):
        U, sigma, V = draw.orthogonal(width), draw(width), draw.orthogonal(width)
        along = V.T @ v
        stretched = U @ (sigma * along)
        lost = np.sum((norm**2 - sigma**2) * along**2) + np.sum((1 - D**2) * stretched**2)
        squares, v = norm**2 * squares + lost, D * stretched

    turns = [norm * draw.orthogonal(width) for norm in norms]

    def network(x: np.ndarray) -> np.ndarray:
        for W in turns:
            x = softsign(W @ x)
        return x

    moved = derivative(network, np.zeros(width), start)
    bound = formula(norms) ** 2 * (start @ start)
    return (bound, bound), (v @ v + squares, moved @ moved)
