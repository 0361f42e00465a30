"""One training on CIFAR-10 as planned (CS 7643 PS 2, problem 7, part 2 and extra credit)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from problems.cs7643_ps2.p7_cifar10.recipes import Plan
from proofsheet.data.dataset import Part
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.sgd_loop import Criterion, Images, fit


@dataclass(frozen=True)
class Trained:
    """What a training leaves.

    Attributes:
        model: in evaluation mode.
        curves: of `sgd_loop.fit`.
        train, validation: the images on the device, and their classes.
        mixed: were products in bfloat16?
    """

    model: nn.Module
    curves: dict[str, np.ndarray]
    train: Images
    validation: Images
    mixed: bool


def fit_plan(
    plan: Plan, train: Part, validation: Part, *, seed: int, device: torch.device, label: str,
    loss: Criterion | None = None, watch: bool = True,
) -> Trained:  # fmt: skip
    """Train the plan's network on images (n, 32, 32, 3) of bytes.

    Args:
        plan: for this device, see `Plan.on`.
        validation: decides nothing.
        label: of the progress bar.
        loss: cross-entropy (with the recipe's smoothing) if none is given.
        watch: measure the validation images after each epoch.
    """
    rows, watched = on_device(train, device), on_device(validation, device)
    model, mixed = plan.build(train.x, seed, device), mixed_precision(device)
    curves = fit(
        model, rows, watched if watch else None, plan.recipe,
        seed=seed, label=label, augment=plan.augment, loss=loss, mixed=mixed,
    )  # fmt: skip
    return Trained(model, curves, rows, watched, mixed)


def on_device(part: Part, device: torch.device) -> Images:
    """Images and classes as tensors."""
    return torch.from_numpy(part.x).to(device), torch.from_numpy(part.y).to(device)
