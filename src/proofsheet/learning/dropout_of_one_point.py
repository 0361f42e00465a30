"""One data point, a linear model, dropout of its inputs: masks, losses, minimizers in closed form.

EECS 182 HW 5, question 5. The model predicts x·w; inverted dropout of rate r keeps each entry of x
with probability q = 1 − r and divides what is kept by q, so that its mean stays x. With
λ = r/q the mean of the squared error over the masks is

    (y − x·w)² + λ Σ_j x_j² w_j² .

What gradient descent does on it is in `dropout_descent`. The closed forms take exact numbers, too
(`proofsheet.exact`).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np


def dropout_rows(x: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """What dropout makes of x, one row for each mask, with the probability of the mask.

    Args:
        x: (d,) features.
        rate: in [0, 1).

    Returns:
        (2^d, d) rows and (2^d,) probabilities; the mask that keeps everything comes first, the one
        that drops everything last.
    """
    kept = np.array(list(product((1, 0), repeat=len(x))))
    keep = 1 - rate
    return kept * x / keep, np.prod(np.where(kept == 1, keep, rate), axis=1)


def weighted_least_squares(X: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The minimizer of Σ_i s_i (y_i − X_i·w)²; of several, the one of smallest norm.

    Args:
        X, y: (n, d) and (n,).
        weights: s, (n,), at least 0.
    """
    root = np.sqrt(weights)
    return np.linalg.pinv(root[:, None] * X) @ (root * y)


def least_norm_solution(x: np.ndarray, y: float) -> np.ndarray:
    """The shortest w with x·w = y: X⁺y for the matrix X of the one row x."""
    return y * x / (x @ x)


def least_largest_solution(x: np.ndarray, y: float) -> np.ndarray:
    """The w with x·w = y whose largest entry is smallest: y sign(x)/‖x‖₁."""
    size = np.sqrt(x**2)  # |x|, which exact numbers have only as a root
    return y * x / size / size.sum()


def penalty(rate: float) -> float:
    """λ = r/(1 − r), by which dropout weighs Σ x_j² w_j²."""
    return rate / (1 - rate)


def expected_loss(w: np.ndarray, x: np.ndarray, y: float, rate: float) -> float:
    """Mean of (y − x̃·w)² over the masks."""
    return (y - x @ w) ** 2 + penalty(rate) * np.sum((x * w) ** 2)


def minimizer(x: np.ndarray, y: float, rate: float) -> np.ndarray:
    """Where `expected_loss` is smallest: every feature contributes x_j w_j = y/(d + λ).

    At rate 0, where the loss has many minimizers, this is the limit of those at small rates. No
    entry of x may be 0.
    """
    return y / ((len(x) + penalty(rate)) * x)


def smallest_loss(x: np.ndarray, y: float, rate: float) -> float:
    """`expected_loss` at its minimizer: y² λ/(d + λ)."""
    return y**2 * penalty(rate) / (len(x) + penalty(rate))


def limit_of_minimizers(
    X: np.ndarray, y: np.ndarray, strength: Any = 0, solve: Callable = np.linalg.solve
) -> np.ndarray:
    """The minimizer D⁻¹Xᵀ(XD⁻¹Xᵀ + λI)⁻¹y of ‖y − Xw‖² + λ wᵀDw; at λ = 0 its limit for λ → 0.

    D is the diagonal of XᵀX: of all solutions of Xw = y the limit has the smallest wᵀDw.

    Args:
        X, y: (n, d), rows independent, no column of zeros, and (n,).
        strength: λ, at least 0.
        solve: of linear systems.
    """
    scaled = X / np.sum(X**2, axis=0)
    return scaled.T @ solve(scaled @ X.T + strength * np.eye(len(X)), y)
