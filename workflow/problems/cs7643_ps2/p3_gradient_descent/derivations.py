"""CS 7643 PS 2, problem 3: the formulas of the chapter, each held against a reference.

Letters as in the chapter: w_t iterates, η the learning rate, λ the weight of the proximity term,
v_t the update vectors, B and ρ bounds on the norms of the minimizer w* and of the gradients, T the
number of steps.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from problems.cs7643_ps2.p3_gradient_descent.convex_descent import worst_case, worst_gap
from proofsheet.checks import equality_check, exact_check, identity_check
from proofsheet.exact import Draw, derivative

HALF = Fraction(1, 2)

# The formulas -----------------------------------------------------------------------------


def model(w: Any, w_t: Any, value: Any, gradient: Any, lam: float) -> Any:
    """m(w) = f(w_t) + ⟨w − w_t, ∇f(w_t)⟩ + (λ/2)‖w − w_t‖²."""
    return value + (w - w_t) @ gradient + lam / 2 * ((w - w_t) @ (w - w_t))


def proximal_point(w_t: np.ndarray, gradient: np.ndarray, lam: float) -> np.ndarray:
    """w* = w_t − ∇f(w_t)/λ, where m is least."""
    return w_t - gradient / lam


def completed_square(
    w: np.ndarray, w_t: np.ndarray, value: float, gradient: np.ndarray, lam: float
) -> float:
    """m(w) = f(w_t) − ‖∇f(w_t)‖²/(2λ) + (λ/2)‖w − w*‖²."""
    from_minimum = w - proximal_point(w_t, gradient, lam)
    return value - gradient @ gradient / (2 * lam) + lam / 2 * (from_minimum @ from_minimum)


def lemma_bound(target: np.ndarray, v: np.ndarray, step: Any) -> Any:
    """‖w*‖²/(2η) + (η/2) Σ‖v_t‖²."""
    return target @ target / (2 * step) + step / 2 * np.sum(v**2)


def mean_product(path: np.ndarray, gradients: np.ndarray, minimizer: np.ndarray) -> Any:
    """(1/T) Σ ⟨w_t − w*, ∇f(w_t)⟩."""
    return np.mean(np.sum((path - minimizer) * gradients, axis=1))


def any_step_bound(distance: Any, rho: Any, steps: Any, step: Any) -> Any:
    """B²/(2ηT) + ηρ²/2."""
    return distance**2 / (2 * step * steps) + step * rho**2 / 2


def rate(distance: Any, rho: Any, steps: Any) -> Any:
    """Bρ/√T."""
    return distance * rho * steps**-HALF


def best_step(distance: Any, rho: Any, steps: Any) -> Any:
    """η = B/(ρ√T)."""
    return distance / rho * steps**-HALF


# Cases ------------------------------------------------------------------------------------


def path_of(v: np.ndarray, step: Any) -> np.ndarray:
    """w_1 = 0, w_{t+1} = w_t − ηv_t, (T + 1, d)."""
    return np.concatenate([np.zeros_like(v[:1]), -step * np.cumsum(v, axis=0)])


def gaps_of_convexity(
    draw: Draw, path: np.ndarray, gradients: np.ndarray, minimizer: np.ndarray
) -> tuple[Any, Any]:
    """f(w̄) − f(w*) for free values of f, and by how much all tangents lie below f in the mean.

    The second is [1/T Σ f(w*) − f(w_t) − ⟨w* − w_t, ∇f(w_t)⟩] + [1/T Σ f(w_t) − f(w̄)]: for a
    convex f neither bracket is negative.
    """
    values, at_mean, least = draw(len(path)), draw(), draw()
    tangents = least - values - np.sum((minimizer - path) * gradients, axis=1)
    return at_mean - least, np.mean(tangents) + np.mean(values) - at_mean


def gap_and_excess(draw: Draw, distance: Any, rho: Any, steps: int, step: Any) -> Any:
    """f(w̄) − f(w*) after gradient descent, plus the terms ≥ 0 by which its bound exceeds it."""
    gradients, minimizer = draw(steps, 2), draw(2)
    path = path_of(gradients, step)
    gap, excess = gaps_of_convexity(draw, path[:-1], gradients, minimizer)
    last = np.sum((path[-1] - minimizer) ** 2) / (2 * step * steps)
    nearer = (distance**2 - minimizer @ minimizer) / (2 * step * steps)
    flatter = step / 2 * np.mean(rho**2 - np.sum(gradients**2, axis=1))
    return gap + excess + last + nearer + flatter


# 3.1 The proximal view --------------------------------------------------------------------


@exact_check("∇m(w*) = 0 at w* = w_t − ∇f(w_t)/λ")
def stationary(draw, formula=proximal_point):
    w_t, value, gradient, lam = draw(3), draw(), draw(3), draw()
    best = formula(w_t, gradient, lam)
    slope = derivative(lambda w: model(w, w_t, value, gradient, lam), best, draw(3))
    return slope, 0


@exact_check("m(w) = f(w_t) − ‖∇f(w_t)‖²/(2λ) + (λ/2)‖w − w*‖² for all w")
def square(draw, formula=completed_square):
    case = draw(3), draw(3), draw(), draw(3), draw()
    return formula(*case), model(*case)


# 3.2 The lemma ----------------------------------------------------------------------------


@identity_check(
    "⟨w_t − w*, v_t⟩ = (‖w_t − w*‖² − ‖w_{t+1} − w*‖²)/(2η) + (η/2)‖v_t‖²", simplify=sympy.expand
)
def one_step(rng, formula=lambda before, after, v, step: (before - after) / (2 * step)
             + step / 2 * v):  # fmt: skip
    step = sympy.Symbol("eta", positive=True)
    w, target, v = (sympy.Matrix(sympy.symbols(f"{name}1:4", real=True)) for name in "wsv")
    before = (w - target).dot(w - target)
    after = (w - step * v - target).dot(w - step * v - target)
    claimed = formula(before, after, v.dot(v), step)
    return (w - target).dot(v), claimed


@exact_check("‖w*‖²/(2η) + (η/2) Σ‖v_t‖² − Σ⟨w_t − w*, v_t⟩ = ‖w_{T+1} − w*‖²/(2η) ≥ 0")
def lemma(draw, formula=lemma_bound):
    steps, d = draw.rng.integers(1, 5, 2)
    target, v, step = draw(d), draw(steps, d), draw()
    path = path_of(v, step)
    products = np.sum((path[:-1] - target) * v)
    return formula(target, v, step), products + np.sum((path[-1] - target) ** 2) / (2 * step)


# 3.3 The rate -----------------------------------------------------------------------------


@exact_check(
    "(1/T) Σ⟨w_t − w*, ∇f(w_t)⟩ − (f(w̄) − f(w*)) is the gap of the tangents at w* plus that of"
    " Jensen, which convexity makes ≥ 0; both are 0 for an affine f"
)
def averaging(draw, formula=mean_product):
    steps = int(draw.rng.integers(1, 5))
    path, gradients, minimizer, slope = draw(steps, 2), draw(steps, 2), draw(2), draw(2)
    affine = formula(path, np.tile(slope, (steps, 1)), minimizer)
    expected = sum(gaps_of_convexity(draw, path, gradients, minimizer))
    return (
        (formula(path, gradients, minimizer), affine),
        (expected, (np.mean(path, axis=0) - minimizer) @ slope),
    )


@identity_check("η = B/(ρ√T) makes B²/(2ηT) + ηρ²/2 least, and Bρ/√T is its value")
def optimal_step(rng, formula=best_step):
    distance, rho, steps, step = sympy.symbols("B rho T eta", positive=True)
    bound = any_step_bound(distance, rho, steps, step)
    claimed = formula(distance, rho, steps)
    # A positive second derivative everywhere: one stationary point, and it is the minimum.
    (stationary_step,) = sympy.solve(sympy.diff(bound, step), step)
    least, convex = bound.subs(step, claimed), sympy.diff(bound, step, 2).is_positive
    return (claimed, rate(distance, rho, steps), int(convex)), (stationary_step, least, 1)


@exact_check(
    "B²/(2ηT) + ηρ²/2 − (f(w̄) − f(w*)) is the sum of the two gaps of convexity,"
    " ‖w_{T+1} − w*‖²/(2ηT), (B² − ‖w*‖²)/(2ηT) and (η/2T) Σ(ρ² − ‖∇f(w_t)‖²), all ≥ 0"
)
def bound_of_any_step(draw, formula=any_step_bound):
    distance, rho, step, steps = draw(), draw(), draw(), int(draw.rng.integers(1, 5))
    return formula(distance, rho, steps, step), gap_and_excess(draw, distance, rho, steps, step)


@exact_check("at η = B/(ρ√T), Bρ/√T − (f(w̄) − f(w*)) is that sum of terms ≥ 0 (T = 1 and 4)")
def convergence(draw, formula=rate):
    bounds = [(draw(), draw(), steps) for steps in (1, 4)]
    return (
        [formula(*bound) for bound in bounds],
        [gap_and_excess(draw, *bound, best_step(*bound)) for bound in bounds],
    )


@equality_check(
    "T steps on the function of the text have f(w̄) − f(w*) = Bρ/√T, up to the tilt (10⁻⁶)",
    trials=30,
    tolerance=1e-6,
)
def attained(rng, formula=rate):
    steps, (distance, rho) = int(2 ** rng.uniform(0, 9)), 10 ** rng.uniform(-1, 1, 2)
    gap, (*_, minimizer) = worst_gap(steps, distance, rho), worst_case(steps, distance, rho)
    return (
        (gap / formula(distance, rho, steps), np.linalg.norm(minimizer) / distance),
        (1, 1),
    )
