"""Linear regression with the Huber loss, by gradient descent and by reweighted least squares.

Deep Learning HW 1, problem 2; the loss is from Huber, "Robust estimation of a location parameter",
Annals of Mathematical Statistics 35 (1964). With residuals r = y − Xw the objective is

    L(w) = Σ_i ℓ_δ(r_i) + ½λ‖w‖²,    X of shape (n, d), y (n,), w (d,), δ > 0, λ ≥ 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

DELTA = 1.345
"""Of the fits of a line: 95 % efficient for the noise of all data here, N(0, 1)."""

TRUTH = np.array([1.0, 2.0])
"""Intercept and slope of the line."""


def huber_loss(r: np.ndarray, delta: float) -> np.ndarray:
    """ℓ_δ(r) = ½c² + δ(|r| − c) with c = min(|r|, δ), of the shape of r: both cases in one."""
    inner = np.minimum(np.abs(r), delta)
    return 0.5 * inner**2 + delta * (np.abs(r) - inner)


def huber_score(r: np.ndarray, delta: float) -> np.ndarray:
    """ψ_δ(r) = ℓ'_δ(r): r where |r| ≤ δ, δ·sign(r) beyond; of the shape of r."""
    return np.clip(r, -delta, delta)


def huber_weight(r: np.ndarray, delta: float) -> np.ndarray:
    """ω_δ(r) = ψ_δ(r)/r: 1 where |r| ≤ δ (at 0 too), δ/|r| beyond; of the shape of r."""
    return delta / np.maximum(np.abs(r), delta)


def objective(w: np.ndarray, X: np.ndarray, y: np.ndarray, delta: float, lam: float = 0.0) -> float:
    """L(w) = Σ_i ℓ_δ(y_i − wᵀx_i) + ½λ‖w‖²."""
    return huber_loss(y - X @ w, delta).sum() + 0.5 * lam * w @ w


def gradient(
    w: np.ndarray, X: np.ndarray, y: np.ndarray, delta: float, lam: float = 0.0
) -> np.ndarray:
    """∇L(w) = −Xᵀψ_δ(y − Xw) + λw, (d,)."""
    return lam * w - X.T @ huber_score(y - X @ w, delta)


class Fit(NamedTuple):
    """A minimizer w, (d,), the number of steps to it, and whether the gradient is small there."""

    w: np.ndarray
    iterations: int
    converged: bool


def least_squares(X: np.ndarray, y: np.ndarray, lam: float = 0.0) -> np.ndarray:
    """The w, (d,), that minimizes ½‖y − Xw‖² + ½λ‖w‖²; the shortest one where there are many."""
    d = X.shape[1]
    if lam == 0:
        return np.linalg.lstsq(X, y)[0]
    return np.linalg.lstsq(np.vstack([X, np.sqrt(lam) * np.eye(d)]), np.append(y, np.zeros(d)))[0]


def fit_gradient_descent(
    X: np.ndarray,
    y: np.ndarray,
    delta: float,
    lam: float = 0.0,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 100_000,
) -> Fit:
    """w ← w − ∇L(w)/β with β = ‖X‖₂² + λ, the largest curvature that L can have.

    This step needs no line search and never raises L.

    Args:
        tolerance: stop at ‖∇L(w)‖ ≤ tolerance · ‖Xᵀy‖.
        max_iterations: where to give up.
    """
    beta = np.linalg.norm(X, 2) ** 2 + lam
    return _iterate(lambda w, slope: w - slope / beta, X, y, delta, lam, tolerance, max_iterations)


def fit_irls(
    X: np.ndarray,
    y: np.ndarray,
    delta: float,
    lam: float = 0.0,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 1000,
) -> Fit:
    """Iteratively reweighted least squares: w ← argmin ½Σ_i ω_i (y_i − wᵀx_i)² + ½λ‖w‖².

    The weights ω_i = ω_δ(r_i) come from the residuals of the previous w. Each step minimizes a
    quadratic that lies above L and touches it at w, so it never raises L. Arguments are those
    of `fit_gradient_descent`.
    """

    def step(w: np.ndarray, slope: np.ndarray) -> np.ndarray:
        weighted = huber_weight(y - X @ w, delta) * X.T
        return np.linalg.solve(weighted @ X + lam * np.eye(len(w)), weighted @ y)

    return _iterate(step, X, y, delta, lam, tolerance, max_iterations)


def _iterate(
    step: Callable[..., np.ndarray], X: np.ndarray, y: np.ndarray, delta: float, lam: float,
    tolerance: float, max_iterations: int,
) -> Fit:  # fmt: skip
    """Apply `step` to w and ∇L(w), from w = 0, until the gradient is small."""
    w, threshold = np.zeros(X.shape[1]), tolerance * np.linalg.norm(X.T @ y)
    for iterations in range(max_iterations + 1):
        slope = gradient(w, X, y, delta, lam)
        converged = bool(np.linalg.norm(slope) <= threshold)
        if converged or iterations == max_iterations:
            return Fit(w, iterations, converged)
        w = step(w, slope)


def contaminated_line(
    kind: Literal["clean", "vertical", "leverage"],
    rng: np.random.Generator,
    n: int = 40,
    *,
    shift: float = -25.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points on the line `TRUTH` with noise N(0, 1), and gross errors of one sign.

    Args:
        kind: `clean`; `vertical`, where a fifth of the targets is moved by `shift`; or `leverage`,
            where a fifth of the points lies far outside in x instead, with targets that do not
            follow the line.
        rng: the same state gives the same x and noise for all three.

    Returns:
        X, (n, 2) with a column of ones; y, (n,); and which points are gross errors, (n,).
    """
    x, noise = rng.uniform(-5, 5, n), rng.standard_normal(n)
    wrong = np.zeros(n, dtype=bool)
    if kind != "clean":
        wrong[rng.permutation(n)[: n // 5]] = True
    if kind == "leverage":
        x[wrong] += 15
    y = TRUTH[0] + TRUTH[1] * x + noise
    if kind == "leverage":
        y[wrong] = noise[wrong]
    else:
        y[wrong] += shift
    return np.column_stack([np.ones(n), x]), y, wrong


def ridge_errors(
    seed: int, lams: np.ndarray, *, rows: int, columns: int, corrupted: int, repetitions: int,
    noise: float = 0.2,
) -> tuple[dict[str, np.ndarray], float]:  # fmt: skip
    """Distances of the ridge fits from the true weights, with more weights than points.

    Args:
        seed: of the data; repetition k draws from [seed, 2, k].
        lams: the values of λ, (L,).
        rows, columns: shape of X.
        corrupted: targets that are moved by ±20 in the data of that name.
        repetitions: over which the mean is taken.
        noise: standard deviation of the noise in the targets.

    Returns:
        `clean_squares`, `clean_huber`, `corrupted_squares` and `corrupted_huber`, (L,) each; and
        the error of ŵ = 0.
    """
    errors = {
        f"{data}_{name}": np.zeros((repetitions, len(lams)))
        for data in ("clean", "corrupted")
        for name in ("squares", "huber")
    }
    sizes = np.zeros(repetitions)
    for repetition in range(repetitions):
        rng = np.random.default_rng([seed, 2, repetition])
        w = rng.standard_normal(columns) / np.sqrt(columns)
        sizes[repetition] = np.linalg.norm(w)
        X = rng.standard_normal((rows, columns))
        targets = {"clean": X @ w + noise * rng.standard_normal(rows)}
        targets["corrupted"] = targets["clean"].copy()
        targets["corrupted"][:corrupted] += 20 * rng.choice([-1, 1], corrupted)
        for data, y in targets.items():
            for i, lam in enumerate(lams):
                squares = least_squares(X, y, lam)
                huber = fit_irls(X, y, noise * DELTA, lam, tolerance=1e-6).w
                errors[f"{data}_squares"][repetition, i] = np.linalg.norm(squares - w)
                errors[f"{data}_huber"][repetition, i] = np.linalg.norm(huber - w)
    return {name: error.mean(axis=0) for name, error in errors.items()}, float(sizes.mean())
