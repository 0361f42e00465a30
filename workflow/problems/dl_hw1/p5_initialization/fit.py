"""How deep perceptrons under a chosen initialization are trained (Deep Learning HW 1, Q5.2)."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from problems.dl_hw1.p5_initialization.model import DeepNetworks, train_epoch
from proofsheet.jobs.progress import Epochs

HIDDEN = (256,) * 5


def fit(
    networks: DeepNetworks, x: Tensor, y: Tensor, epochs: int, *, label: str, mixed: bool,
    **options: float,
) -> list[np.ndarray]:  # fmt: skip
    """Train in place; the losses of each epoch, (K, steps) each.

    Args:
        x, y: (n, inputs) and (n,) classes.
        label: of the progress bar.
        mixed: products in bfloat16.
        options: `learning_rate` and `batch`, where they are not those of `train_epoch`.
    """
    losses, shown = [], Epochs(epochs, label)
    for _ in shown:
        losses.append(train_epoch(networks, x, y, mixed=mixed, **options))
        shown.report(loss=losses[-1].mean())
    return losses
