"""Deep Learning HW 1, problem 2: the formulas of the chapter, proved piece by piece.

Letters as in the chapter: X is n × d with rows x_iᵀ, r = y − Xw, ℓ_δ is the Huber loss, ψ_δ its
derivative, ω_δ(r) = ψ_δ(r)/r, and L(w) = Σ_i ℓ_δ(r_i) + ½λ‖w‖² (λ = 0 in part 1).
"""

from __future__ import annotations

from itertools import product

import numpy as np
import scipy.optimize

from problems.dl_hw1.p2_huber.huber import (
    fit_gradient_descent,
    fit_irls,
    gradient,
    huber_loss,
    huber_score,
    huber_weight,
    objective,
)
from proofsheet.checks import (
    bound_check,
    derivation_check,
    exact_check,
    exact_gradient_check,
    relative_error,
)
from proofsheet.exact import Draw, Number, derivative, solve

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


# Random cases -----------------------------------------------------------------------------


def draw_problem(
    rng: np.random.Generator, n: int = 12, d: int = 3
) -> tuple[np.ndarray, np.ndarray, float]:
    """X, y with a few gross errors, and a δ that splits the residuals."""
    X = rng.standard_normal((n, d))
    y = X @ rng.standard_normal(d) + 0.5 * rng.standard_normal(n)
    y[: n // 4] += rng.normal(scale=10, size=n // 4)
    return X, y, rng.uniform(0.3, 1.5)


def draw_delta(draw: Draw) -> Number:
    """δ > 0, small enough that δ + δ > 0 modulo p, too."""
    while not ((delta := abs(draw())) + delta > 0):
        pass
    return delta


def draw_pieces(draw: Draw, delta: Number) -> np.ndarray:
    """A residual in each piece of ℓ_δ: above, below, inside with either sign.

    A sum has pieces for each of its terms alone, so one residual in each goes through them all.
    """

    def compared(r: Number | float, delta: Number | float) -> list[bool]:
        return [r > 0, r > delta, r > -delta]

    residuals = []
    for like in (2.0, -2.0, 0.5, -0.5):
        # Numbers modulo p have no order: what ψ compares is drawn until it is as for reals.
        while compared(r := draw(), delta) != compared(like, 1.0):
            pass
        residuals.append(r)
    return np.array(residuals)


def draw_pattern(draw: Draw) -> tuple[np.ndarray, np.ndarray, np.ndarray, Number]:
    """w, X, y and δ with a residual in each piece, and at both edges ±δ."""
    w, X, delta = draw(2), draw(6, 2), draw_delta(draw)
    return w, X, X @ w + np.array([*draw_pieces(draw, delta), delta, -delta]), delta


def defined_objective(
    w: np.ndarray, X: np.ndarray, y: np.ndarray, delta: float, lam: float = 0
) -> Number:
    """L with the two cases of the text."""
    r = y - X @ w
    size = np.abs(r)
    loss = np.where(size <= delta, r**2 / 2, delta * (size - delta / 2))
    return loss.sum() + lam / 2 * w @ w


# 2.1 The gradient -------------------------------------------------------------------------


@exact_check("ℓ_δ is differentiable at r = ±δ too: both one-sided derivatives are ±δ", ordered=True)
def score_at_the_edge(draw, formula=huber_score):
    delta = draw_delta(draw)
    edges, signs = np.array([-delta, delta]), np.array([-1, 1])
    inside = derivative(lambda r: r**2 / 2, edges, [1, 1])
    outside = derivative(lambda r: delta * (signs * r - delta / 2), edges, [1, 1])
    return [formula(edges, delta)] * 2, [inside, outside]


@exact_gradient_check(
    "∇L_δ(w) = −Σ_i x_i · {r_i if |r_i| ≤ δ, δ sign(r_i) otherwise}, at |r_i| = δ too", ordered=True
)
def huber_gradient(draw, formula=piecewise_gradient):
    w, X, y, delta = draw_pattern(draw)
    return formula(w, X, y, delta), lambda w: defined_objective(w, X, y, delta), w


@exact_gradient_check("∇L_δ(w) = −Xᵀψ_δ(y − Xw) with ψ_δ(r) = max(−δ, min(r, δ))", ordered=True)
def matrix_gradient(draw, formula=gradient):
    w, X, y, delta = draw_pattern(draw)
    return formula(w, X, y, delta), lambda w: objective(w, X, y, delta), w


@exact_check(
    "ψ_δ is continuous with slope 0 outside and 1 inside, so 0 ≤ (ψ_δ(a) − ψ_δ(b))/(a − b) ≤ 1:"
    " ℓ_δ is convex with curvature at most 1",
    ordered=True,
)
def convexity(draw, formula=lambda: (0, 1)):
    delta = draw_delta(draw)
    r = draw_pieces(draw, delta)
    above, below, *inside = derivative(lambda r: huber_score(r, delta), r, [1, 1, 1, 1])
    outside, slope = formula()
    edges = np.array([delta, -delta])
    return (
        ([outside, outside], [slope, slope], huber_score(edges, delta)),
        ([above, below], inside, edges),
    )


# 2.2 No closed form -----------------------------------------------------------------------


@derivation_check(
    claim="six points, two weights: of the 3⁶ patterns (inside, above, below), each with its linear"
    " equations, exactly one gives residuals that agree with it, and there ∇L_δ = 0",
    method="exhaustive",
    trials=10,
    tolerance=1e-12,
)
def patterns(rng, formula=solve_pattern):
    X, y, delta = draw_problem(rng, n=6, d=2)
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
    scale = delta * np.linalg.norm(X, axis=1).sum()  # the largest that ∇L can be
    return float(np.linalg.norm(gradient(consistent[0], X, y, delta)) / scale)


def majorizer(r: np.ndarray, at: np.ndarray, delta: float) -> np.ndarray:
    """The parabola ½ω(ρ)r² + const that touches ℓ_δ at ρ = `at`."""
    return huber_loss(at, delta) + 0.5 * huber_weight(at, delta) * (r**2 - at**2)


def gap(r: np.ndarray, at: np.ndarray, delta: float) -> np.ndarray:
    """How far the parabola lies above ℓ_δ: in each of the four cases a sum of terms ≥ 0."""
    r, at = np.abs(r), np.abs(at)
    near = np.where(r <= delta, 0, (r - delta) ** 2 / 2)
    beyond = (at - delta) * ((delta**2 - r**2) + delta * (at - delta)) / (2 * at)
    far = np.where(r <= delta, beyond, delta * (r - at) ** 2 / (2 * at))
    return np.where(at <= delta, near, far)


@exact_check(
    "½ω_δ(ρ)(r² − ρ²) + ℓ_δ(ρ) − ℓ_δ(r) is a sum of terms ≥ 0 in each case, and 0 with slope 0 at"
    " r = ρ",
    ordered=True,
)
def irls_majorizer(draw, formula=majorizer):
    delta = draw_delta(draw)
    at = draw_pieces(draw, delta)
    r, touched = map(np.ravel, np.meshgrid(draw_pieces(draw, delta), at))
    slope = derivative(lambda r: formula(r, at, delta), at, [1, 1, 1, 1])
    return (
        (formula(r, touched, delta) - huber_loss(r, delta), formula(at, at, delta), slope),
        (gap(r, touched, delta), huber_loss(at, delta), huber_score(at, delta)),
    )


def irls_as_gradient_step(
    w: np.ndarray, X: np.ndarray, y: np.ndarray, delta: float, lam: float
) -> np.ndarray:
    """w − (XᵀWX + λI)⁻¹∇L(w)."""
    weights = huber_weight(y - X @ w, delta)
    curvature = X.T @ (weights[:, None] * X) + lam * np.eye(len(w), dtype=int)
    return w - solve(curvature, gradient(w, X, y, delta, lam))


@exact_check(
    "w − (XᵀWX + λI)⁻¹∇L(w) solves the weighted normal equations (XᵀWX + λI) w₊ = XᵀWy",
    ordered=True,
)
def irls_step(draw, formula=irls_as_gradient_step):
    w, X, y, delta = draw_pattern(draw)
    lam = draw()
    weighted = huber_weight(y - X @ w, delta) * X.T
    step = formula(w, X, y, delta, lam)
    return weighted @ (X @ step) + lam * step, weighted @ y


def minimize_by_scipy(X: np.ndarray, y: np.ndarray, delta: float) -> np.ndarray:
    """The minimizer of L_δ by SciPy's trust-region solver with its own Huber loss, polished."""
    found = scipy.optimize.least_squares(
        lambda w: X @ w - y, np.linalg.lstsq(X, y)[0], jac=lambda w: X, loss="huber",
        f_scale=delta, xtol=1e-15, ftol=1e-15, gtol=1e-12, max_nfev=2000,
    ).x  # fmt: skip
    # The trust region stops at the rounding of the loss; a root of its gradient is sharper.
    return scipy.optimize.root(
        lambda w: piecewise_gradient(w, X, y, delta), found, options={"xtol": 1e-14}
    ).x


@derivation_check(
    claim="IRLS and gradient descent both end at the minimizer",
    method="reference",
    trials=10,
    tolerance=1e-7,
)
def minimizer(rng, formula=(fit_irls, fit_gradient_descent)):
    X, y, delta = draw_problem(rng)
    expected = minimize_by_scipy(X, y, delta)
    fits = [fit(X, y, delta) for fit in formula]
    return max(relative_error(fit.w, expected) for fit in fits)


# 2.3 Ridge --------------------------------------------------------------------------------


@exact_gradient_check("∇L̃(w) = −Xᵀψ_δ(y − Xw) + λw", ordered=True)
def ridge_gradient(draw, formula=gradient):
    w, X, y, delta = draw_pattern(draw)
    lam = draw()
    return formula(w, X, y, delta, lam), lambda w: defined_objective(w, X, y, delta, lam), w


def replacement_bound(x: np.ndarray, delta: float, lam: float) -> float:
    """How far ŵ moves at most when one y_i is replaced by anything: 2δ‖x_i‖/λ."""
    return 2 * delta * np.linalg.norm(x) / lam


@bound_check("replacing one target y_i moves ŵ by at most 2δ‖x_i‖/λ", trials=50, tolerance=1e-7)
def one_corrupted_target(rng, formula=replacement_bound):
    X, y, delta = draw_problem(rng)
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
