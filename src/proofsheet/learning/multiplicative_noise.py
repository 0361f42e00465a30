"""Least squares whose inputs are multiplied by independent noise: mean loss, minimizer, ridge form.

EECS 182 HW 5, questions 4 and 8. The entries of R are independent with mean m and variance v
(dropout that keeps with probability p: m = p, v = p(1 − p)). With Γ̌ = diag(XᵀX)^{1/2}, the norms
of the columns of X,

    E‖y − (R∘X)w‖² = ‖y − mXw‖² + v‖Γ̌w‖² .

What inverted dropout does to one data point is in `dropout_of_one_point`. X is (n, d), y (n,),
w (d,), all of exact numbers (`proofsheet.exact`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from proofsheet.exact import solve


def column_norms(X: np.ndarray) -> np.ndarray:
    """The diagonal of Γ̌, (d,)."""
    return np.sqrt(np.sum(X**2, axis=0))


def second_moment(X: np.ndarray, mean: Any, variance: Any) -> np.ndarray:
    """E[(R∘X)ᵀ(R∘X)] = m²XᵀX + v diag(XᵀX), (d, d)."""
    gram = X.T @ X
    return mean**2 * gram + variance * np.diag(np.diag(gram))


def expected_loss(w: np.ndarray, X: np.ndarray, y: np.ndarray, mean: Any, variance: Any) -> Any:
    """E‖y − (R∘X)w‖², of symbols, too."""
    residual = y - mean * (X @ w)
    return residual @ residual + variance * np.sum(np.sum(X**2, axis=0) * w**2)


def minimizer(X: np.ndarray, y: np.ndarray, mean: Any, variance: Any) -> np.ndarray:
    """w̌, where `expected_loss` is smallest; needs v > 0 and no column of zeros."""
    return solve(second_moment(X, mean, variance), mean * X.T @ y)


def minimizer_with_masks(X: np.ndarray, y: np.ndarray, p: Any) -> np.ndarray:
    """w̌ of dropout that keeps with probability p: m = p and v = p(1 − p)."""
    return minimizer(X, y, p, p * (1 - p))


def tikhonov(X: np.ndarray, y: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """The minimizer of ‖y − Xw‖² + ‖Γw‖², by its normal equations."""
    return solve(X.T @ X + gamma.T @ gamma, X.T @ y)


def effective_design(X: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """X̃ = XΓ⁻¹ for an invertible Γ (d, d), by which `tikhonov` becomes ridge with λ = 1."""
    return solve(gamma.T, X.T).T
