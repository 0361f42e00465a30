"""SqueezeNet pretrained on handwritten digits, where weights of ImageNet are missing."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from problems.csci5527_hw3.p4_transfer.images import gray, prepared
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import Recipe, train
from proofsheet.learning.squeezenet import (
    SqueezeNet,
    load_blocks,
    random_state,
)

SIDE = 64
"""Pixels to which digits are enlarged: of 28 the last blocks would see a single place."""


def pretrain_on_digits(
    digits: Dataset, *, images: int | None, epochs: int, seed: int, device: torch.device
) -> tuple[dict[str, np.ndarray], float]:
    """Weights of the nine blocks after training on digits, and the accuracy that they reached.

    Args:
        digits: images (n, 28, 28) uint8 of ten classes.
        images: how many of the training images are used; None for all.
        epochs: passes over them.
        seed: of the initial weights and the orders.
        device: where it is computed.
    """

    def rows(part: str) -> tuple[Tensor, Tensor]:
        data = getattr(digits, part)
        picked = np.arange(len(data))[:images]
        x = prepared(gray(data.x, picked), SIDE)
        return x.to(device), torch.from_numpy(data.y[picked]).to(device)

    torch.manual_seed(seed)
    model = SqueezeNet(classes=len(digits.class_names)).to(device)
    load_blocks(model, random_state(seed))
    recipe = Recipe(epochs=epochs, batch=32, learning_rate=5e-4, decay="cosine")
    curves = train(
        model, rows("train"), rows("val"), recipe,
        seed=seed, label="digits", mixed=mixed_precision(device),
    )  # fmt: skip
    state = {
        name: value.float().cpu().numpy()
        for name, value in model.state_dict().items()
        if name.startswith("features.")
    }
    return state, float(curves["validation_accuracy"][-1])
