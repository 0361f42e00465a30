"""Linear regression on features of any unit and mean, with dropout, batch norm or weight decay.

EECS 182 HW 5, question 4(d). Each way of training has an intercept b that is not regularized and
minimizes ‖y − Xw − b1‖² + λ Σ_j s_j w_j², where

    dropout of the inputs          s_j = ‖X_j‖² = n(σ_j² + μ_j²), λ = (1 − p)/p
    batch norm and weight decay    s_j = nσ_j²
    weight decay                   s_j = n

with the mean μ_j and the deviation σ_j of feature j over the n training examples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import batch_norm

METHODS = ("dropout", "batch_norm", "weight_decay")
TINY = 1e-12  # ε of batch norm: PyTorch refuses 0


@dataclass(frozen=True)
class Regression:
    """Training and test examples: X (n, d), y (n,)."""

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray

    def in_units(self, scales: np.ndarray, means: np.ndarray | float = 0.0) -> Regression:
        """The same examples with features s_j (x_j + m_j): another unit, another zero."""
        return Regression(
            scales * (self.X + means), self.y, scales * (self.X_test + means), self.y_test
        )


def draw_regression(
    rng: np.random.Generator, n: int, d: int, *, correlation: float, noise: float
) -> Regression:
    """Correlated features, standardized on the training examples, of which each counts the same.

    Args:
        n: training examples; there are ten times as many for the test.
        d: features.
        correlation: of every two features, in [0, 1).
        noise: deviation of the noise in y, whose signal Σ_j ±x_j has coefficients of size 1.
    """
    common, own = rng.standard_normal((11 * n, 1)), rng.standard_normal((11 * n, d))
    X = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    X = (X - X[:n].mean(axis=0)) / X[:n].std(axis=0)
    y = X @ np.where(np.arange(d) % 2, -1.0, 1.0) + noise * rng.standard_normal(11 * n)
    return Regression(X[:n], y[:n], X[n:], y[n:])


def penalties(method: str, X: np.ndarray) -> np.ndarray:
    """s_j of the method, (d,)."""
    return {
        "dropout": np.sum(X**2, axis=0),
        "batch_norm": len(X) * X.var(axis=0),
        "weight_decay": np.full(X.shape[1], float(len(X))),
    }[method]


def solve(method: str, X: np.ndarray, y: np.ndarray, strength: float) -> tuple[np.ndarray, float]:
    """w and b in closed form: the intercept takes the means away.

    Args:
        method: one of `METHODS`.
        strength: λ > 0.
    """
    centred = X - X.mean(axis=0)
    matrix = centred.T @ centred + strength * np.diag(penalties(method, X))
    w = np.linalg.solve(matrix, centred.T @ (y - y.mean()))
    return w, y.mean() - X.mean(axis=0) @ w


def curvature(method: str, X: np.ndarray, strength: float) -> np.ndarray:
    """Hessian, over 2n, of the mean loss in the numbers that are trained, b last: (d+1, d+1).

    Dropout trains w̌ = w/p, batch norm trains σ_j w_j, weight decay trains w itself.
    """
    n, d = X.shape
    if method == "batch_norm":
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    keep = 1 / (1 + strength) if method == "dropout" else 1.0
    hessian = np.empty((d + 1, d + 1))
    hessian[:d, :d] = keep**2 * (X.T @ X + strength * np.diag(penalties(method, X)))
    hessian[:d, d] = hessian[d, :d] = keep * X.sum(axis=0)
    hessian[d, d] = n
    return hessian / n


def train(
    method: str, data: Regression, strength: float, *, steps: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Train by gradient descent with PyTorch, for dropout with fresh masks in every step.

    The step is 1/(4 × the largest eigenvalue of `curvature`), and the weights of the second half
    of the steps are averaged, which takes out the noise of the masks.

    Returns:
        Predictions for the training and for the test examples.
    """
    generator = torch.Generator().manual_seed(seed)
    X, y = torch.from_numpy(data.X), torch.from_numpy(data.y)
    keep = 1 / (1 + strength)
    mean, variance = X.mean(dim=0), X.var(dim=0, correction=0)

    def inputs(values: Tensor, training: bool) -> Tensor:
        if method == "dropout":
            # As in the text: kept or not while training, times p afterwards.
            kept = torch.rand(values.shape, generator=generator, dtype=X.dtype) < keep
            return values * kept if training else keep * values
        if method == "batch_norm":
            if training:
                return batch_norm(values, None, None, training=True, eps=TINY)
            return batch_norm(values, mean, variance, training=False, eps=TINY)
        return values

    w = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    b = torch.zeros((), dtype=X.dtype, requires_grad=True)
    step = 1 / (4 * np.linalg.eigvalsh(curvature(method, data.X, strength))[-1])
    optimizer = torch.optim.SGD([w, b], lr=step)
    total, bias = torch.zeros_like(w), torch.zeros_like(b)
    for t in range(steps):
        optimizer.zero_grad()
        loss = (y - inputs(X, True) @ w - b).square().mean()
        if method != "dropout":
            loss = loss + strength * w.square().sum()
        loss.backward()
        optimizer.step()
        if 2 * t >= steps:
            total += w.detach()
            bias += b.detach()
    total, bias = total / (steps // 2), bias / (steps // 2)
    return tuple(
        (inputs(torch.from_numpy(values), False) @ total + bias).numpy()
        for values in (data.X, data.X_test)
    )
