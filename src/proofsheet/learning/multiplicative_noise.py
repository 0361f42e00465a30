"""Least squares whose inputs are multiplied by independent noise: mean loss, minimizer, ridge form.

EECS 182 HW 5, questions 4 and 8. The entries of R are independent with mean m and variance v
(dropout that keeps with probability p: m = p, v = p(1 − p)). With Γ̌ = diag(XᵀX)^{1/2}, the norms
of the columns of X,

    E‖y − (R∘X)w‖² = ‖y − mXw‖² + v‖Γ̌w‖² .

What inverted dropout does to one data point is in `dropout`. X is (n, d), y (n,), w (d,).
"""

from __future__ import annotations

import numpy as np


def column_norms(X: np.ndarray) -> np.ndarray:
    """The diagonal of Γ̌, (d,)."""
    return np.sqrt(np.sum(X**2, axis=0))


def second_moment(X: np.ndarray, mean: float, variance: float) -> np.ndarray:
    """E[(R∘X)ᵀ(R∘X)] = m²XᵀX + v diag(XᵀX), (d, d)."""
    gram = X.T @ X
    return mean**2 * gram + variance * np.diag(np.diag(gram))


def expected_loss(
    w: np.ndarray, X: np.ndarray, y: np.ndarray, mean: float, variance: float
) -> float:
    """E‖y − (R∘X)w‖², of numbers or (as object arrays) of symbols."""
    residual = y - mean * (X @ w)
    # ‖Γ̌w‖² without the roots, which NumPy cannot take of symbols.
    return residual @ residual + variance * np.sum(np.sum(X**2, axis=0) * w**2)


def minimizer(X: np.ndarray, y: np.ndarray, mean: float, variance: float) -> np.ndarray:
    """w̌, where `expected_loss` is smallest; needs v > 0 and no column of zeros."""
    return np.linalg.solve(second_moment(X, mean, variance), mean * X.T @ y)


def minimizer_with_masks(X: np.ndarray, y: np.ndarray, p: float) -> np.ndarray:
    """w̌ of dropout that keeps with probability p: m = p and v = p(1 − p)."""
    return minimizer(X, y, p, p * (1 - p))


def strength(mean: float, variance: float) -> float:
    """v/m², by which Σ_j ‖X_j‖² w_j² is weighed once m is absorbed into w = m w̌."""
    return variance / mean**2


def tikhonov(X: np.ndarray, y: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """The minimizer of ‖y − Xw‖² + ‖Γw‖², as least squares with the rows of Γ below those of X."""
    rows = np.vstack([X, gamma])
    target = np.concatenate([y, np.zeros(len(gamma))])
    return np.linalg.lstsq(rows, target, rcond=None)[0]


def effective_design(X: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """X̃ = XΓ⁻¹ for an invertible Γ (d, d), by which `tikhonov` becomes ridge with λ = 1."""
    return np.linalg.solve(gamma.T, X.T).T


def draw_regression(
    rng: np.random.Generator, n: int = 0, d: int = 0
) -> tuple[np.ndarray, np.ndarray, float]:
    """A random X of columns of different size and mean, y, and a probability of keeping."""
    n, d = n or int(rng.integers(6, 20)), d or int(rng.integers(2, 5))
    X = (rng.standard_normal((n, d)) + rng.normal(size=d)) * 10 ** rng.uniform(-0.5, 0.5, d)
    return X, rng.standard_normal(n), float(rng.uniform(0.2, 0.9))
