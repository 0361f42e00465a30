"""CS 7643 PS 2, problem 6: when a step of SGD raises the loss, and what happens on average.

Letters as in the chapter: e = w − ½ is the distance from the minimizer of f, d = ±3/2 that of the
minimizer of the sampled term, η the step size.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from problems.cs7643_ps2.p6_sgd.model import CENTERS, loss, step, term
from proofsheet.checks import exhaustive_check, identity_check

HALF = Fraction(1, 2)

# The formulas of the chapter ------------------------------------------------------------------


def overshoot(eta: Any) -> Any:
    """r(η): where (2 − η)e + ηd changes sign, in size."""
    return 3 * eta / (2 * (2 - eta))


def rises(e: Any, eta: Any) -> tuple[bool, bool]:
    """Whether the step on the term 1 (d = 3/2), and that on the term 2 (d = −3/2), raises f."""
    d, r = Fraction(3, 2), overshoot(eta)
    return -r < e < d, -d < e < r


def never_rises(e: Any, eta: Any) -> bool:
    """Whether no step from here raises f."""
    return abs(e) >= max(Fraction(3, 2), overshoot(eta))


# Cases ----------------------------------------------------------------------------------------


GRID = [(Fraction(i, 8), Fraction(k, 16)) for i in range(-24, 25) for k in range(1, 32)]
"""(e, η) with |e| ≤ 3 in steps of 1/8 and 0 < η < 2 in steps of 1/16."""


def rising(e: Fraction, eta: Fraction) -> list[bool]:
    """Whether the steps on the terms 1 and 2 do raise f."""
    return [loss(step(e + HALF, i, eta)) > loss(e + HALF) for i in range(2)]


# The checks -----------------------------------------------------------------------------------


@identity_check("f(w) = (w − ½)² + 9/4")
def completed_square(rng, formula=lambda w: (w - sympy.S.Half) ** 2 + sympy.Rational(9, 4)):
    w = sympy.Symbol("w", real=True)
    return loss(w), formula(w)


@identity_check(
    "a step multiplies the sampled term by (1 − η)², less than one exactly for 0 < η < 2"
)
def sampled_term(rng, formula=lambda eta: (1 - eta) ** 2):
    w, eta = sympy.symbols("w eta", real=True)
    falls = sympy.solveset(formula(eta) < 1, eta, sympy.S.Reals)
    return (
        [*(formula(eta) * term(i, w) for i in range(2)), int(falls == sympy.Interval.open(0, 2))],
        [*(term(i, step(w, i, eta)) for i in range(2)), 1],
    )


@identity_check("a step changes f by η(d − e)((2 − η)e + ηd)")
def change_of_the_loss(rng, formula=lambda e, d, eta: eta * (d - e) * ((2 - eta) * e + eta * d)):
    e, eta = sympy.symbols("e eta", real=True)
    w = e + sympy.S.Half
    changes = [loss(step(w, i, eta)) - loss(w) for i in range(2)]
    return changes, [formula(e, c - sympy.S.Half, eta) for c in CENTERS]


@exhaustive_check(
    "f rises exactly for −r < e < 3/2 (f₁) and −3/2 < e < r (f₂), with r = 3η / (2(2 − η))"
)
def where_the_loss_rises(rng, formula=rises):
    return [formula(*place) for place in GRID], [rising(*place) for place in GRID]


@exhaustive_check("no step raises f exactly for |e| ≥ max(3/2, r)")
def where_it_cannot_happen(rng, formula=never_rises):
    return [formula(*place) for place in GRID], [not any(rising(*place)) for place in GRID]


@identity_check("if the terms are parabolas with a common minimizer, f changes by −Hηh(1 − ηh/2)u²")
def shared_minimizer(rng, formula=lambda u, eta, h, H: -H * eta * h * (1 - eta * h / 2) * u**2):
    u, eta, h, H = sympy.symbols("u eta h H", positive=True)
    # f = ½Hu², the sampled term ½hu² with the same minimizer.
    after = H * (u - eta * h * u) ** 2 / 2
    return after - H * u**2 / 2, formula(u, eta, h, H)


@identity_check("on average over the choice f changes by (9/4)η² − η(2 − η)e²")
def change_on_average(rng, formula=lambda e, eta: 9 * eta**2 / 4 - eta * (2 - eta) * e**2):
    e, eta = sympy.symbols("e eta", real=True)
    w = e + sympy.S.Half
    changes = [loss(step(w, i, eta)) - loss(w) for i in range(2)]
    return sum(changes) / 2, formula(e, eta)
