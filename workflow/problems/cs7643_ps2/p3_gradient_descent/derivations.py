"""CS 7643 PS 2, problem 3: the formulas of the chapter, each held against a reference.

Letters as in the chapter: w_t iterates, η the learning rate, λ the weight of the proximity term,
v_t the update vectors, B and ρ bounds on the norms of the minimizer w* and of the gradients, T the
number of steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
import torch

from problems.cs7643_ps2.p3_gradient_descent.convex_descent import (
    FAMILIES,
    ConvexLipschitz,
    absolute_value,
    averaged,
    descend,
    worst_case,
)
from proofsheet.checks import bound_check, derivation_check, equality_check, identity_check

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


def lemma_bound(target: np.ndarray, v: np.ndarray, step: float) -> float:
    """‖w*‖²/(2η) + (η/2) Σ‖v_t‖²."""
    return float(target @ target / (2 * step) + step / 2 * np.sum(v**2))


def lemma_sum(target: np.ndarray, v: np.ndarray, step: float, last: np.ndarray) -> float:
    """The sum itself: (‖w*‖² − ‖w_{T+1} − w*‖²)/(2η) + (η/2) Σ‖v_t‖²."""
    return lemma_bound(target, v, step) - float(np.sum((last - target) ** 2) / (2 * step))


def mean_product(path: np.ndarray, gradients: np.ndarray, minimizer: np.ndarray) -> float:
    """(1/T) Σ ⟨w_t − w*, ∇f(w_t)⟩."""
    return float(np.mean(np.sum((path - minimizer) * gradients, axis=1)))


def any_step_bound(distance: Any, rho: Any, steps: Any, step: Any) -> Any:
    """B²/(2ηT) + ηρ²/2."""
    return distance**2 / (2 * step * steps) + step * rho**2 / 2


def rate(distance: Any, rho: Any, steps: Any) -> Any:
    """Bρ/√T."""
    return distance * rho * steps ** (-sympy.Rational(1, 2) if _symbolic(steps) else -0.5)


def best_step(distance: Any, rho: Any, steps: Any) -> Any:
    """η = B/(ρ√T)."""
    return distance / rho * steps ** (-sympy.Rational(1, 2) if _symbolic(steps) else -0.5)


def _symbolic(value: Any) -> bool:
    return isinstance(value, sympy.Basic)


# Random cases and references --------------------------------------------------------------


def draw_function(rng: np.random.Generator) -> ConvexLipschitz:
    """A random convex Lipschitz function of one of the families."""
    return FAMILIES[rng.choice(list(FAMILIES))](rng)


def draw_model(rng: np.random.Generator) -> tuple[np.ndarray, float, np.ndarray, float]:
    """w_t, f(w_t), ∇f(w_t) of a random convex function, and λ."""
    function = draw_function(rng)
    w_t = rng.standard_normal(len(function.minimizer))
    return w_t, float(function.value(w_t)), function.gradient(w_t), 10 ** rng.uniform(-2, 2)


def draw_sequence(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """w* (d,), v_1 … v_T (T, d) and η: no function behind them."""
    d, steps = rng.integers(1, 20, 2)
    scale = 10 ** rng.uniform(-2, 2)
    return rng.standard_normal(d), scale * rng.standard_normal((steps, d)), 10 ** rng.uniform(-2, 1)


def sequence_path(v: np.ndarray, step: float) -> np.ndarray:
    """w_1 = 0, w_{t+1} = w_t − ηv_t, (T + 1, d)."""
    path = np.zeros((len(v) + 1, v.shape[1]))
    for t, update in enumerate(v):
        path[t + 1] = path[t] - step * update
    return path


def inner_products(path: np.ndarray, v: np.ndarray, target: np.ndarray) -> float:
    """Σ ⟨w_t − w*, v_t⟩."""
    return float(sum((w - target) @ update for w, update in zip(path, v, strict=False)))


# 3.1 The proximal view --------------------------------------------------------------------


@derivation_check(
    claim="∇m(w*) = 0 at w* = w_t − ∇f(w_t)/λ",
    method="autograd",
    trials=200,
    tolerance=1e-12,
)
def stationary(rng, formula=proximal_point):
    w_t, value, gradient, lam = draw_model(rng)
    w = torch.tensor(formula(w_t, gradient, lam), requires_grad=True)
    model(w, torch.tensor(w_t), value, torch.tensor(gradient), lam).backward()
    # Relative to the two terms that cancel.
    return float(w.grad.norm()) / np.linalg.norm(gradient)


@equality_check(
    "m(w) = f(w_t) − ‖∇f(w_t)‖²/(2λ) + (λ/2)‖w − w*‖² for all w", trials=200, tolerance=1e-11
)
def square(rng, formula=completed_square):
    w_t, value, gradient, lam = draw_model(rng)
    w = w_t + 10 ** rng.uniform(-2, 2) * rng.standard_normal(len(w_t))
    expected = model(w, w_t, value, gradient, lam)
    terms = abs(value) + gradient @ gradient / lam + lam * (w - w_t) @ (w - w_t)
    return formula(w, w_t, value, gradient, lam), expected, terms


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


@equality_check(
    "Σ⟨w_t − w*, v_t⟩ = (‖w*‖² − ‖w_{T+1} − w*‖²)/(2η) + (η/2) Σ‖v_t‖²", trials=200, tolerance=1e-11
)
def telescoped(rng, formula=lemma_sum):
    target, v, step = draw_sequence(rng)
    path = sequence_path(v, step)
    scale = lemma_bound(target, v, step)
    return inner_products(path, v, target), formula(target, v, step, path[-1]), scale


@derivation_check(
    claim="Σ⟨w_t − w*, v_t⟩ ≤ ‖w*‖²/(2η) + (η/2) Σ‖v_t‖², with equality if w_{T+1} = w*",
    method="bound",
    trials=200,
    tolerance=1e-12,
)
def lemma(rng, formula=lemma_bound):
    target, v, step = draw_sequence(rng)
    path = sequence_path(v, step)
    loose = inner_products(path, v, target) / formula(target, v, step) - 1
    v[-1] = (path[-2] - target) / step  # the last step leads to w*
    tight = inner_products(path, v, target) / formula(target, v, step) - 1
    return max(loose, abs(tight))


# 3.3 The rate -----------------------------------------------------------------------------


@derivation_check(
    claim="f(w̄) − f(w*) ≤ (1/T) Σ⟨w_t − w*, ∇f(w_t)⟩ for any points w_t, with equality if f is"
    " affine between them and w*",
    method="bound",
    trials=100,
    tolerance=1e-12,
)
def averaging(rng, formula=mean_product):
    function, steps = draw_function(rng), int(rng.integers(1, 20))
    path = function.minimizer + rng.standard_normal((steps, len(function.minimizer)))
    gradients = np.array([function.gradient(w) for w in path])
    loose = function.gap(path.mean(axis=0)) - formula(path, gradients, function.minimizer)
    # ρ|w − B| at points w < B
    affine = absolute_value(*rng.uniform(0.5, 2, 2))
    path = affine.minimizer - rng.exponential(size=(steps, 1))
    gradients = np.array([affine.gradient(w) for w in path])
    tight = affine.gap(path.mean(axis=0)) - formula(path, gradients, affine.minimizer)
    return max(loose, abs(tight))


@derivation_check(
    claim="η = B/(ρ√T) makes B²/(2ηT) + ηρ²/2 least, and Bρ/√T is its value",
    method="symbolic",
    tolerance=0,
)
def optimal_step(rng, formula=best_step):
    distance, rho, steps, step = sympy.symbols("B rho T eta", positive=True)
    bound = any_step_bound(distance, rho, steps, step)
    claimed = formula(distance, rho, steps)
    # A positive second derivative everywhere: one stationary point, and it is the minimum.
    (stationary_step,) = sympy.solve(sympy.diff(bound, step), step)
    return (
        int(sympy.simplify(stationary_step - claimed) != 0)
        + int(not sympy.diff(bound, step, 2).is_positive)
        + int(sympy.simplify(bound.subs(step, claimed) - rate(distance, rho, steps)) != 0)
    )


@derivation_check(
    claim="f(w̄) − f(w*) ≤ B²/(2ηT) + ηρ²/2 for any η, on random functions and on the worst one",
    method="bound",
    trials=100,
    tolerance=1e-12,
)
def bound_of_any_step(rng, formula=any_step_bound):
    function, steps = draw_function(rng), int(2 ** rng.uniform(0, 8))
    distance, rho = function.distance, function.rho
    step = function.best_step(steps) * 10 ** rng.uniform(-1, 1)
    mean = averaged(function.gradient, len(function.minimizer), step, steps)
    loose = function.gap(mean) / formula(distance, rho, steps, step) - 1
    worst = worst_case(steps, distance, rho)
    mean = averaged(worst.gradient, steps, worst.best_step(steps), steps)
    tight = worst.gap(mean) / formula(distance, rho, steps, worst.best_step(steps)) - 1
    return max(loose, tight)


@bound_check("f(w̄) − f(w*) ≤ Bρ/√T for η = B/(ρ√T), on random functions", tolerance=0)
def convergence(rng, formula=rate):
    function, steps = draw_function(rng), int(2 ** rng.uniform(0, 9))
    mean = averaged(function.gradient, len(function.minimizer), function.best_step(steps), steps)
    return function.gap(mean) / formula(function.distance, function.rho, steps), 1


@equality_check(
    "T steps on the function of the text have f(w̄) − f(w*) = Bρ/√T, up to the tilt (10⁻⁶)",
    trials=30,
    tolerance=1e-6,
)
def attained(rng, formula=rate):
    steps, (distance, rho) = int(2 ** rng.uniform(0, 9)), 10 ** rng.uniform(-1, 1, 2)
    function = worst_case(steps, distance, rho)
    path = descend(function.gradient, steps, function.best_step(steps), steps)
    gap = function.gap(path[:-1].mean(axis=0))
    return (gap / formula(distance, rho, steps), function.distance / distance), (1, 1)
