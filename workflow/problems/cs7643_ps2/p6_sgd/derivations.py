"""CS 7643 PS 2, problem 6: when a step of SGD raises the loss, and what happens on average.

Letters as in the chapter: e = w − ½ is the distance from the minimizer of f, d = ±3/2 that of the
minimizer of the sampled term, η the step size.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import sympy

from problems.cs7643_ps2.p6_sgd.model import CENTRES, loss, runs, step, term
from proofsheet.checks import derivation_check, equality_check, identity_check

HALF = Fraction(1, 2)

# The formulas of the chapter ------------------------------------------------------------------


def vertex_form(w: Any) -> Any:
    """f with its square completed."""
    return (w - sympy.Rational(1, 2)) ** 2 + sympy.Rational(9, 4)


def change(e: Any, d: Any, eta: Any) -> Any:
    """Change of f in one step on the term whose minimizer is at distance d."""
    return eta * (d - e) * ((2 - eta) * e + eta * d)


def sampled_factor(eta: Any) -> Any:
    """By what a step multiplies the sampled term."""
    return (1 - eta) ** 2


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


def quadratic_change(g: Any, G: Any, L: Any, eta: Any) -> Any:
    """Change of a quadratic of curvature L and slope G under the step −ηg."""
    return -eta * G * g + L * eta**2 * g**2 / 2


def mean_change(e: Any, eta: Any) -> Any:
    """E[f(w⁺) − f(w)] over the choice of the term."""
    return 9 * eta**2 / 4 - eta * (2 - eta) * e**2


def noise_floor(eta: Any) -> Any:
    """Limit of E[f(w_t)] − min f for a constant step size."""
    return 9 * eta / (4 * (2 - eta))


def mean_excess(e0: Any, eta: Any, t: Any) -> Any:
    """E[f(w_t)] − min f after t steps from w₀ = ½ + e₀."""
    decay = (1 - eta) ** (2 * t)
    return decay * e0**2 + (1 - decay) * noise_floor(eta)


def harmonic_excess(t: Any) -> Any:
    """E[f(w_t)] − min f with the step sizes 1/1, 1/2, …, 1/t, whatever the start."""
    return 9 / (4 * t)


def interpolating_change(u: Any, eta: Any, curvature: Any, total: Any) -> Any:
    """Change of f at distance u from a minimizer that all terms share."""
    return -total * eta * curvature * (1 - eta * curvature / 2) * u**2


def rising_share(eta: Fraction) -> Fraction:
    """Share of the steps that raise f in the long run, for η = ½: ½ + ½ P(|e| < r)."""
    return HALF + HALF * overshoot(eta) / Fraction(3, 2)


# Cases ----------------------------------------------------------------------------------------


def grid() -> list[tuple[Fraction, Fraction]]:
    """(e, η) with |e| ≤ 3 in steps of 1/8 and 0 < η < 2 in steps of 1/16."""
    distances = [Fraction(k, 8) for k in range(-24, 25)]
    return list(product(distances, [Fraction(k, 16) for k in range(1, 32)]))


def all_ends(start: Any, rates: list[Any]) -> list[Any]:
    """Where SGD can be after these steps, each of the 2ᵗ ends equally likely."""
    ends = [start]
    for eta in rates:
        ends = [step(w, i, eta) for w in ends for i in range(2)]
    return ends


def mean_step(eta: Any) -> tuple[Any, Any]:
    """A and B of E[f(w⁺)] − min f = A e² + B: one step from the distance e, over both terms."""
    e = sympy.Symbol("e", real=True)
    ends = [loss(step(e + sympy.Rational(1, 2), i, eta)) for i in range(2)]
    excess = sympy.Poly(sympy.expand(mean_of(ends) - sympy.Rational(9, 4)), e)
    square, linear, constant = (excess.coeff_monomial(e**n) for n in (2, 1, 0))
    assert sympy.expand(linear) == 0
    return square, constant


def mean_of(values: list[Any]) -> Any:
    """Mean over equally likely cases."""
    return sum(values) / sympy.Integer(len(values))


# The checks -----------------------------------------------------------------------------------


@identity_check("f(w) = (w − ½)² + 9/4")
def completed_square(rng, formula=vertex_form):
    w = sympy.Symbol("w", real=True)
    return loss(w), formula(w)


@derivation_check(
    claim="a step multiplies the sampled term by (1 − η)², less than one exactly for 0 < η < 2",
    method="symbolic", tolerance=0,
)  # fmt: skip
def sampled_term(rng, formula=sampled_factor):
    w, eta = sympy.symbols("w eta", real=True)
    wrong = sum(
        sympy.simplify(term(i, step(w, i, eta)) - formula(eta) * term(i, w)) != 0 for i in range(2)
    )
    return wrong + (
        sympy.solveset(formula(eta) < 1, eta, sympy.S.Reals) != sympy.Interval.open(0, 2)
    )


@identity_check("a step changes f by η(d − e)((2 − η)e + ηd)")
def change_of_the_loss(rng, formula=change):
    e, eta = sympy.symbols("e eta", real=True)
    w = e + sympy.Rational(1, 2)
    changes = [loss(step(w, i, eta)) - loss(w) for i in range(len(CENTRES))]
    return changes, [formula(e, c - sympy.Rational(1, 2), eta) for c in CENTRES]


@derivation_check(
    claim="f rises exactly for −r < e < 3/2 (f₁) and −3/2 < e < r (f₂), with r = 3η / (2(2 − η))",
    method="exhaustive", tolerance=0,
)  # fmt: skip
def where_the_loss_rises(rng, formula=rises):
    return sum(
        tuple(loss(step(e + HALF, i, eta)) > loss(e + HALF) for i in range(2)) != formula(e, eta)
        for e, eta in grid()
    )


@derivation_check(
    claim="no step raises f exactly for |e| ≥ max(3/2, r)",
    method="exhaustive", tolerance=0,
)  # fmt: skip
def where_it_cannot_happen(rng, formula=never_rises):
    return sum(
        all(loss(step(e + HALF, i, eta)) <= loss(e + HALF) for i in range(2)) != formula(e, eta)
        for e, eta in grid()
    )


@identity_check("a step −ηg changes a quadratic of slope G and curvature L by −ηGg + ½Lη²g²")
def change_of_a_quadratic(rng, formula=quadratic_change):
    a, L, w, g, eta = sympy.symbols("a L w g eta", real=True)

    def f(w: Any) -> Any:
        return L * (w - a) ** 2 / 2

    return f(w - eta * g) - f(w), formula(g, sympy.diff(f(w), w), L, eta)


@identity_check("if all terms share a minimizer, f changes by −Hηh(1 − ηh/2)u²")
def shared_minimizer(rng, formula=interpolating_change):
    u, eta, h, H = sympy.symbols("u eta h H", positive=True)
    # f = ½Hu², the sampled term ½hu² with the same minimizer.
    after = H * (u - eta * h * u) ** 2 / 2
    return after - H * u**2 / 2, formula(u, eta, h, H)


@identity_check("on average over the choice f changes by (9/4)η² − η(2 − η)e²")
def change_on_average(rng, formula=mean_change):
    e, eta = sympy.symbols("e eta", real=True)
    w = e + sympy.Rational(1, 2)
    mean = mean_of([loss(step(w, i, eta)) - loss(w) for i in range(2)])
    return mean, formula(e, eta)


@identity_check(
    "E f(w_t) − 9/4 = (1 − η)²ᵗe₀² + (1 − (1 − η)²ᵗ)·(9/4)η/(2 − η): start and step for all"
    " t, and all 2ᵗ paths for t ≤ 5",
)
def excess_after_t_steps(rng, formula=mean_excess):
    e0, eta = sympy.symbols("e0 eta", real=True)
    w0, low = e0 + sympy.Rational(1, 2), sympy.Rational(9, 4)
    # From any t to t + 1; written in a = 1 − η, powers of which collect.
    t, a = sympy.Symbol("t", integer=True, nonnegative=True), sympy.Symbol("a", nonzero=True)
    square, constant = mean_step(1 - a)
    now, after = (formula(e0, 1 - a, n) for n in (t, t + 1))
    claimed, exact = [formula(e0, 1 - a, 0), after], [e0**2, square * now + constant]
    for t in range(6):
        # Exact numbers for all but one letter at a time keep the 2ᵗ polynomials small.
        for at in ({eta: sympy.Rational(1, 3)}, {e0: sympy.Rational(5, 7)}):
            ends = all_ends(w0.subs(at), [eta.subs(at)] * t)
            exact.append(mean_of([sympy.expand(loss(w)) for w in ends]) - low)
            claimed.append(formula(e0, eta, t).subs(at))
    return claimed, exact


@identity_check(
    "with step sizes 1/t the excess is (9/4)/t for every start: the step for all t, and all"
    " 2ᵗ paths for t ≤ 8",
)
def excess_with_decreasing_steps(rng, formula=harmonic_excess):
    w0, t = sympy.Symbol("w0", real=True), sympy.Symbol("t", integer=True, positive=True)
    square, constant = mean_step(1 / (t + 1))
    claimed, exact = [formula(t + 1)], [square * formula(t) + constant]
    for t in range(1, 9):
        ends = all_ends(w0, [sympy.Rational(1, s) for s in range(1, t + 1)])
        exact.append(mean_of([loss(sympy.expand(w)) for w in ends]) - sympy.Rational(9, 4))
        claimed.append(formula(sympy.Integer(t)))
    return claimed, exact


@equality_check(
    "for η = ½ two thirds of the steps raise f in the long run (10⁶ simulated steps)",
    trials=1,
    tolerance=0.005,
)
def share_of_rising_steps(rng, formula: Callable[[Fraction], Any] = rising_share):
    w = runs(rng, 0.5, lambda t: 0.5, 1050, 1000)[:, 50:]
    return float(np.mean(loss(w[:, 1:]) > loss(w[:, :-1]))), float(formula(HALF)), 1
