"""Gradient descent on one data point under dropout of its inputs: its moments, and a training.

EECS 182 HW 5, question 5. The gradient of one masked row is linear in w, and the masks of a step do
not depend on w. So mean and covariance of the iterates obey linear recursions, which are exact for
every batch size and every number of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from proofsheet.learning.dropout_of_one_point import dropout_rows, minimizer, penalty

MakeOptimizer = Callable[[Iterable[torch.Tensor]], Any]


def descend(
    x: np.ndarray,
    y: float,
    rate: float,
    optimizer: MakeOptimizer,
    *,
    batch: int,
    steps: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Fit y = x·w from w = 0 on batches that repeat the one data point under fresh masks.

    Args:
        x, y: (d,) features and the target.
        rate: of dropout.
        optimizer: of the list of parameters, as `lambda params: torch.optim.SGD(params, lr=1e-3)`.
        batch: rows of a step; the loss is their mean squared error.
        seed: of the masks.

    Returns:
        Weights (steps + 1, d), the start first, and the losses (steps,) of the batches.
    """
    torch.manual_seed(seed)
    rows = torch.from_numpy(np.tile(x, (batch, 1)))
    target = torch.full((batch, 1), float(y), dtype=rows.dtype)
    model = nn.Sequential(nn.Dropout(rate), nn.Linear(len(x), 1, bias=False, dtype=rows.dtype))
    weight = model[1].weight
    nn.init.zeros_(weight)
    run = optimizer([weight])
    weights, losses = np.zeros((steps + 1, len(x))), np.zeros(steps)
    for step in range(steps):
        loss = functional.mse_loss(model(rows), target)
        run.zero_grad()
        loss.backward()
        run.step()
        losses[step] = loss.item()
        weights[step + 1] = weight.detach().numpy()[0]
    return weights, losses


def curvature(x: np.ndarray, rate: float) -> np.ndarray:
    """A = E[x̃x̃ᵀ] = xxᵀ + λ diag(x²), half the second derivative of the mean loss, (d, d)."""
    return np.outer(x, x) + penalty(rate) * np.diag(x**2)


def mean_iterate(
    x: np.ndarray, y: float, rate: float, learning_rate: float, steps: int
) -> np.ndarray:
    """E w_T from w_0 = 0: w* − (I − 2ηA)^T w*, (d,).

    The same for every batch size; at rate 0 this is the iterate itself.
    """
    step = np.eye(len(x)) - 2 * learning_rate * curvature(x, rate)
    target = minimizer(x, y, rate)
    return target - np.linalg.matrix_power(step, steps) @ target


def moments(
    x: np.ndarray, y: float, rate: float, learning_rate: float, *, batch: int, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and covariance (d, d) of w_T from w_0 = 0, exact: a recursion over all masks.

    With z = (w, 1) a step is z ← (I − 2ηG) z, where G is the mean over the batch of independent
    G_i = [[x̃x̃ᵀ, −y x̃], [0, 0]]. Hence Z = E zzᵀ goes to

        Z − 2η(ḠZ + ZḠᵀ) + 4η² (E[G_i Z G_iᵀ]/b + (1 − 1/b) ḠZḠᵀ) ,

    a matrix K on the entries of Z, of which step T is the power.
    """
    d = len(x)
    rows, probability = dropout_rows(x, rate)
    G = np.zeros((len(rows), d + 1, d + 1), rows.dtype)
    G[:, :d, :d] = rows[:, :, None] * rows[:, None, :]
    G[:, :d, d] = -y * rows
    mean = np.einsum("k,kij->ij", probability, G)
    single = np.einsum("k,kij,kml->imjl", probability, G, G).reshape(2 * ((d + 1) ** 2,))
    one = np.eye(d + 1)
    K = (
        np.eye((d + 1) ** 2)
        - 2 * learning_rate * (np.kron(mean, one) + np.kron(one, mean))
        + 4 * learning_rate**2 * (single / batch + (1 - 1 / batch) * np.kron(mean, mean))
    )
    Z = np.linalg.matrix_power(K, steps)[:, -1].reshape(d + 1, d + 1)  # from w = 0: Z = e eᵀ
    first = Z[:d, d]
    return first, Z[:d, :d] - np.outer(first, first)


def loss_deviation(w: np.ndarray, x: np.ndarray, y: float, rate: float, batch: int) -> float:
    """Standard deviation of a batch's loss at fixed weights w: that of one mask over √batch."""
    rows, probability = dropout_rows(x, rate)
    losses = (y - rows @ w) ** 2
    variance = probability @ losses**2 - (probability @ losses) ** 2
    return np.sqrt(variance / batch)
