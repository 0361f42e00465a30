"""How the course's two networks are trained (EECS 182 HW 5, question 6, PyTorch part)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from problems.eecs182_hw5.q6_cnn.designs import adamw, given_net
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.augmentation import Augmentation
from proofsheet.learning.loop import Recipe, Rows, train


def fit_given(
    options: Mapping[str, Any], rows: Rows, validation: Rows, recipe: Recipe, *, classes: int,
    seed: int, label: str,
) -> tuple[nn.Module, dict[str, np.ndarray]]:  # fmt: skip
    """Train a new network; returns it with its curves (see `training.train`).

    Args:
        options: of `given_net`.
        rows, validation: images as bytes, and classes.
        recipe: epochs, batch and the learning rate of the first epoch.
    """
    device = rows[0].device
    torch.manual_seed(seed)
    model = given_net(classes, **options).to(device)
    curves = train(
        model, rows, validation, recipe, seed=seed, label=label,
        augment=Augmentation(mirror=True, reach=0), mixed=mixed_precision(device),
        optimizer=partial(adamw, epochs=recipe.epochs, learning_rate=recipe.learning_rate),
    )  # fmt: skip
    return model, curves
