"""How the network with a cheating feature is trained (EECS 182 HW 5, question 5 (i))."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from problems.eecs182_hw5.q5_dropout.cheating_feature import convnet
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import Recipe, Rows, train


def fit(
    rate: float, rows: Rows, watched: Rows, recipe: Recipe, *, classes: int, seed: int
) -> tuple[nn.Module, dict[str, np.ndarray]]:
    """Train a new network by plain SGD; returns it with its curves (see `training.train`).

    Args:
        rate: of dropout.
        rows: images with their class in the corner.
        watched: images that are measured after each epoch and decide nothing.
    """
    device = rows[0].device
    torch.manual_seed(seed)
    model = convnet(rate, classes).to(device)
    curves = train(
        model, rows, watched, recipe,
        seed=seed, label=f"dropout {rate:g}", mixed=mixed_precision(device),
        optimizer=lambda parameters, steps: (
            torch.optim.SGD(parameters, lr=recipe.learning_rate), None,
        ),
    )  # fmt: skip
    return model, curves
