"""CSCI 5527 HW 3, problem 4: the weights that are transferred, made here where none were found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from problems.csci5527_hw3.p4_transfer.images import gray, network_input
from proofsheet.data.dataset import Dataset, Part
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import Rows, fit
from proofsheet.learning.recipes import AdamRecipe
from proofsheet.learning.squeezenet import SqueezeNet, gray_state, load_blocks, random_state

SIDE = 64
"""Pixels to which digits are enlarged: of 28 the last blocks would see a single place."""


def pretrain(
    data: Dataset, device: torch.device, *, weights: Mapping[str, np.ndarray], seed: int,
    images: int | None, epochs: int,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:  # fmt: skip
    """Where the weights come from, and the weights of the nine blocks for gray images.

    Args:
        data: digits (n, 28, 28) of bytes.
        weights: the published ones; of none the blocks are trained on the digits.
        images, epochs: of that training.
    """
    if weights:
        return {"origin": "ImageNet", "pretrained_here": False}, gray_state(weights)

    def rows(part: Part) -> Rows:
        picked = np.arange(len(part))[:images]
        x = network_input(gray(part.x, picked), SIDE)
        return x.to(device), torch.from_numpy(part.y[picked]).to(device)

    torch.manual_seed(seed)
    model = SqueezeNet(classes=len(data.class_names)).to(device)
    load_blocks(model, random_state(seed))
    recipe = AdamRecipe(epochs=epochs, batch=32, learning_rate=5e-4, decay="cosine")
    curves = fit(
        model, rows(data.train), rows(data.val), recipe,
        seed=seed, label="digits", mixed=mixed_precision(device),
    )  # fmt: skip
    which = "stand-ins for MNIST" if data.standin else "MNIST"
    return {
        "origin": f"handwritten digits ({which}), by this workflow",
        "pretrained_here": True,
        "validation_accuracy": curves["validation_accuracy"][-1],
    }, {
        name: value.float().cpu().numpy()
        for name, value in model.state_dict().items()
        if name.startswith("features.")
    }
