"""How the networks for blood cells are trained (Deep Learning HW 1, problem 4)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from problems.dl_hw1.p4_bloodmnist.live_units import train_live
from problems.dl_hw1.p4_bloodmnist.model import network, turned
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import Recipe, Rows, train


def fit(
    kind: str, rows: Rows, validation: Rows, recipe: Recipe, *, seed: int
) -> tuple[nn.Module, dict[str, np.ndarray]]:
    """Train a new network, `mlp` or `cnn`; returns it with its curves (see `loop.train`)."""
    device = rows[0].device
    torch.manual_seed(seed)
    model = network(kind).to(device)
    if kind == "mlp":  # float32, as it is asked for; less the work on units that cannot change
        return model, train_live(model, rows, validation, recipe, seed=seed, label=kind)
    # The reference may be as fast as it can.
    return model, train(
        model, rows, validation, recipe, seed=seed, label=kind,
        augment=turned, mixed=mixed_precision(device),
    )  # fmt: skip


def shortened(recipe: Recipe, rows: Rows, epochs: int | None, every: int) -> tuple[Recipe, Rows]:
    """The recipe with `epochs`, if given, and every n-th row."""
    few = tuple(part[::every] for part in rows)
    return (recipe if epochs is None else replace(recipe, epochs=epochs)), few
