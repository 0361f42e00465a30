"""Deep Learning HW 1, problem 4: a convolutional network on the same images, for comparison.

The design is that of CS 7643 PS 2, problem 7, with fewer channels; how it was chosen is in
docs/experiments.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from problems.dl_hw1.p4_bloodmnist.model import turned
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import fit, logits_of, parameter_count, to_device
from proofsheet.learning.recipes import SgdRecipe, changed
from proofsheet.learning.small_image_nets import BalancedNet

WIDTHS = (16, 32, 64, 128)
RECIPE = SgdRecipe(
    epochs=12, batch=128, learning_rate=0.1, nesterov=True, rise=0.2, smoothing=0.1, muon=0.1
)


def train(
    data: Dataset, device: torch.device, *, seed: int = 0, every: int = 1, **recipe: Any
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Train on turned images; metrics, and the logits of the validation and test images.

    Args:
        data: images (n, 28, 28, 3) of bytes.
        every: n-th training image that is used.
        recipe: what differs from `RECIPE`.
    """
    settings = changed(RECIPE, **recipe)
    rows, validation, test = (
        to_device(np.moveaxis(part.x, 3, 1)[::step], part.y[::step], device=device)
        for part, step in ((data.train, every), (data.val, 1), (data.test, 1))
    )
    torch.manual_seed(seed)
    classes = len(data.class_names)
    model = BalancedNet(data.train.x[::every], WIDTHS, classes=classes).to(device)
    mixed = mixed_precision(device)
    curves = fit(
        model, rows, None, settings, seed=seed, label="convolutional", augment=turned,
        loss=settings.loss, mixed=mixed,
    )  # fmt: skip

    logits = {
        f"{name}_logits": logits_of(model, x, mixed=mixed).cpu().numpy()
        for name, (x, _) in (("val", validation), ("test", test))
    }
    return {
        "seed": seed, "parameters": parameter_count(model), **vars(settings), **curves
    }, logits  # fmt: skip
