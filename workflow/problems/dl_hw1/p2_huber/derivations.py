"""Deep Learning HW 1, problem 2: the formulas of the chapter, each held against a reference.

Letters as in the chapter: X is n × d with rows x_iᵀ, r = y − Xw, ℓ_δ is the Huber loss, ψ_δ its
derivative, ω_δ(r) = ψ_δ(r)/r, and L(w) = Σ_i ℓ_δ(r_i) + ½λ‖w‖² (λ = 0 in part 1).
"""

from __future__ import annotations

from itertools import product

import numpy as np
import scipy.optimize
import torch

from problems.dl_hw1.p2_huber.huber import (
    fit_gradient_descent,
    fit_irls,
    gradient,
    huber_loss,
    huber_score,
    huber_weight,
    objective,
)
from proofsheet.checks import bound_check, derivation_check, equality_check, relative_error

# The formulas -----------------------------------------------------------------------------


def piecewise_gradient(w: np.ndarray, X: np.ndarray, y: np.ndarray, delta: float) -> np.ndarray:
    """∇L(w) as part 1 asks for it: −Σ_i x_i · (r_i where |r_i| ≤ δ, else δ sign r_i), (d,)."""
    total = np.zeros_like(w)
    for x, target in zip(X, y, strict=True):
        r = target - w @ x
        total -= (r if abs(r) <= delta else delta * np.sign(r)) * x
    return total


def solve_pattern(X: np.ndarray, y: np.ndarray, delta: float, signs: np.ndarray) -> np.ndarray:
    """The w, (d,), of X_Iᵀ(y_I − X_I w) + δ Σ_{i∉I} s_i x_i = 0, for signs s_i (0 on the set I)."""
    inside = X[signs == 0]
    return np.linalg.solve(inside.T @ inside, inside.T @ y[signs == 0] + delta * X.T @ signs)


# Random cases and references --------------------------------------------------------------


def draw_problem(
    rng: np.random.Generator, n: int = 12, d: int = 3
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """X, y with a few gross errors, a w anywhere, and a δ that splits the residuals."""
    X, w = rng.standard_normal((n, d)), rng.standard_normal(d)
    y = X @ rng.standard_normal(d) + 0.5 * rng.standard_normal(n)
    y[: n // 4] += rng.normal(scale=10, size=n // 4)
    return X, y, w, rng.uniform(0.3, 1.5)


def draw_edge(
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """The same from integers and halves, so that some residuals are ±δ exactly, and some 0."""
    X, w = rng.integers(-3, 4, (12, 3)).astype(float), rng.integers(-3, 4, 3).astype(float)
    r = rng.permutation([-1.5, -1.5, 1.5, 1.5, 0.0, 0.0, -0.5, 1.0, -1.0, 2.0, -4.5, 7.5])
    return X, X @ w + r, w, 1.5


def torch_objective(
    w: torch.Tensor, X: np.ndarray, y: np.ndarray, delta: float, lam: float
) -> torch.Tensor:
    """L by PyTorch's own Huber loss."""
    fit = torch.tensor(X) @ w
    loss = torch.nn.functional.huber_loss(fit, torch.tensor(y), reduction="sum", delta=delta)
    return loss + lam / 2 * w @ w


def torch_gradient(
    w: np.ndarray, X: np.ndarray, y: np.ndarray, delta: float, lam: float = 0.0
) -> np.ndarray:
    """∇L by reverse mode through PyTorch's own Huber loss."""
    variable = torch.tensor(w, requires_grad=True)
    (result,) = torch.autograd.grad(torch_objective(variable, X, y, delta, lam), variable)
    return result.numpy()


# 2.1 The gradient -------------------------------------------------------------------------


@derivation_check(
    claim="ℓ_δ is differentiable at r = ±δ too: both one-sided derivatives are ±δ",
    method="finite-difference",
    trials=100,
    tolerance=1e-6,
)
def score_at_the_edge(rng, formula=huber_score):
    delta, h = rng.uniform(0.1, 3), 1e-7
    r = np.array([-delta, delta])

    def loss(r: np.ndarray) -> np.ndarray:
        return np.where(np.abs(r) <= delta, r**2 / 2, delta * (np.abs(r) - delta / 2))

    right, left = (loss(r + h) - loss(r)) / h, (loss(r) - loss(r - h)) / h
    return float(max(np.max(np.abs(formula(r, delta) - side)) for side in (left, right)))


@derivation_check(
    claim="∇L_δ(w) = −Σ_i x_i · {r_i if |r_i| ≤ δ, δ sign(r_i) otherwise}, at |r_i| = δ too",
    method="autograd",
    trials=200,
    tolerance=1e-12,
)
def huber_gradient(rng, formula=piecewise_gradient):
    worst = 0.0
    for X, y, w, delta in (draw_problem(rng), draw_edge(rng)):
        expected = torch_gradient(w, X, y, delta)
        scale = delta * np.linalg.norm(X, axis=1).sum()  # the largest that ∇L can be
        worst = max(worst, np.max(np.abs(formula(w, X, y, delta) - expected)) / scale)
    return float(worst)


@derivation_check(
    claim="∇L_δ(w) = −Xᵀψ_δ(y − Xw) with ψ_δ(r) = max(−δ, min(r, δ))",
    method="finite-difference",
    trials=200,
    tolerance=1e-6,
)
def matrix_gradient(rng, formula=gradient):
    worst, h = 0.0, 1e-7
    for X, y, w, delta in (draw_problem(rng), draw_edge(rng)):
        # Across the edge |r| = δ the curvature jumps: the error is of order h, not h².
        numerical = [
            (objective(w + h * e, X, y, delta) - objective(w - h * e, X, y, delta)) / (2 * h)
            for e in np.eye(len(w))
        ]
        scale = delta * np.linalg.norm(X, axis=1).sum()
        worst = max(worst, np.max(np.abs(formula(w, X, y, delta) - numerical)) / scale)
    return float(worst)


def slope_bounds() -> tuple[float, float]:
    """Least and largest slope of a chord of ψ_δ."""
    return 0.0, 1.0


@derivation_check(
    claim="0 ≤ (ψ_δ(a) − ψ_δ(b))/(a − b) ≤ 1, so ℓ_δ is convex with curvature at most 1",
    method="bound",
    trials=500,
    tolerance=1e-12,
)
def convexity(rng, formula=slope_bounds):
    delta = rng.uniform(0.1, 3)
    a, b = rng.normal(scale=2 * delta, size=2)
    slope = float(huber_score(a, delta) - huber_score(b, delta)) / (a - b)
    least, largest = formula()
    return max(least - slope, slope - largest)


# 2.2 No closed form -----------------------------------------------------------------------


@derivation_check(
    claim="of the 3ⁿ patterns (inside, above, below), each with its linear equations, exactly one"
    " gives residuals that agree with it, and its solution is the minimizer",
    method="exhaustive",
    trials=10,
    tolerance=1e-8,
)
def patterns(rng, formula=solve_pattern):
    X, y, _, delta = draw_problem(rng, n=6, d=2)
    consistent = []
    for pattern in product((-1.0, 0.0, 1.0), repeat=len(y)):
        signs = np.array(pattern)
        if np.linalg.matrix_rank(X[signs == 0]) < X.shape[1]:
            continue
        w = formula(X, y, delta, signs)
        r = y - X @ w
        if np.array_equal(np.where(np.abs(r) <= delta, 0.0, np.sign(r)), signs):
            consistent.append(w)
    if len(consistent) != 1:
        return float("inf")
    return relative_error(consistent[0], minimize_by_scipy(X, y, delta))


def minimize_by_scipy(X: np.ndarray, y: np.ndarray, delta: float) -> np.ndarray:
    """The minimizer of L_δ by SciPy's trust-region solver with its own Huber loss, polished."""
    start = np.linalg.lstsq(X, y)[0]
    found = scipy.optimize.least_squares(
        lambda w: X @ w - y,
        start,
        jac=lambda w: X,
        loss="huber",
        f_scale=delta,
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-12,
        max_nfev=2000,
    ).x
    # The trust region stops at the rounding of the loss; a root of its gradient is sharper.
    return scipy.optimize.root(
        lambda w: torch_gradient(w, X, y, delta), found, method="hybr", options={"xtol": 1e-14}
    ).x


def majorizer(r: np.ndarray, at: np.ndarray, delta: float) -> np.ndarray:
    """The parabola ½ω(ρ)r² + const that touches ℓ_δ at ρ = `at`."""
    return huber_loss(at, delta) + 0.5 * huber_weight(at, delta) * (r**2 - at**2)


@derivation_check(
    claim="ℓ_δ(r) ≤ ℓ_δ(ρ) + ½ω_δ(ρ)(r² − ρ²), with the same value and slope at r = ρ",
    method="bound",
    trials=500,
    tolerance=1e-8,
)
def irls_majorizer(rng, formula=majorizer):
    delta, h = rng.uniform(0.1, 3), 1e-4
    r, at = rng.normal(scale=3 * delta, size=(2, 20))
    below = np.max(huber_loss(r, delta) - formula(r, at, delta))
    touching = np.max(np.abs(huber_loss(at, delta) - formula(at, at, delta)))
    # A parabola's central difference is exact.
    slope = (formula(at + h, at, delta) - formula(at - h, at, delta)) / (2 * h)
    return float(max(below, touching, np.max(np.abs(slope - huber_score(at, delta)))) / delta**2)


def irls_as_gradient_step(
    w: np.ndarray, X: np.ndarray, y: np.ndarray, delta: float, lam: float
) -> np.ndarray:
    """w − (XᵀWX + λI)⁻¹∇L(w)."""
    weights = huber_weight(y - X @ w, delta)
    curvature = X.T @ (weights[:, None] * X) + lam * np.eye(len(w))
    return w - np.linalg.solve(curvature, gradient(w, X, y, delta, lam))


@equality_check(
    "the weighted normal equations' solution is w − (XᵀWX + λI)⁻¹∇L(w)", tolerance=1e-10
)
def irls_step(rng, formula=irls_as_gradient_step):
    X, y, w, delta = draw_problem(rng)
    lam = rng.choice([0.0, 1.0])
    step = fit_irls(X, y, delta, lam, start=w, max_iterations=1).w
    return formula(w, X, y, delta, lam), step


@derivation_check(
    claim="IRLS and gradient descent both end at the minimizer",
    method="reference",
    trials=10,
    tolerance=1e-7,
)
def minimizer(rng, formula=(fit_irls, fit_gradient_descent)):
    X, y, _, delta = draw_problem(rng)
    expected = minimize_by_scipy(X, y, delta)
    fits = [fit(X, y, delta) for fit in formula]
    return max(relative_error(fit.w, expected) for fit in fits)


# 2.3 Ridge --------------------------------------------------------------------------------


@derivation_check(
    claim="∇L̃(w) = −Xᵀψ_δ(y − Xw) + λw",
    method="autograd",
    trials=200,
    tolerance=1e-12,
)
def ridge_gradient(rng, formula=gradient):
    worst = 0.0
    for X, y, w, delta in (draw_problem(rng), draw_edge(rng)):
        lam = rng.exponential()
        expected = torch_gradient(w, X, y, delta, lam)
        scale = delta * np.linalg.norm(X, axis=1).sum() + lam * np.linalg.norm(w)
        worst = max(worst, np.max(np.abs(formula(w, X, y, delta, lam) - expected)) / scale)
    return float(worst)


def replacement_bound(x: np.ndarray, delta: float, lam: float) -> float:
    """How far ŵ moves at most when one y_i is replaced by anything: 2δ‖x_i‖/λ."""
    return 2 * delta * np.linalg.norm(x) / lam


@bound_check("replacing one target y_i moves ŵ by at most 2δ‖x_i‖/λ", trials=50, tolerance=1e-7)
def one_corrupted_target(rng, formula=replacement_bound):
    X, y, _, delta = draw_problem(rng)
    lam = rng.uniform(0.5, 5)
    corrupted = y.copy()
    corrupted[0] = rng.choice([-1, 1]) * 10.0 ** rng.uniform(0, 4)
    moved = fit_irls(X, corrupted, delta, lam).w - fit_irls(X, y, delta, lam).w
    drawn = np.linalg.norm(moved) / formula(X[0], delta, lam)
    # One point alone, thrown from far above to far below, goes the whole way.
    one, far = X[:1], np.array([10 * (delta + delta / lam * X[0] @ X[0])])
    thrown = fit_irls(one, far, delta, lam).w - fit_irls(one, -far, delta, lam).w
    tight = np.linalg.norm(thrown) / formula(X[0], delta, lam)
    return drawn, 1, tight, 1
