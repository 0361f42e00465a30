"""EECS 182 HW 5, question 5 (i): train the network whose training images show their class."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from problems.eecs182_hw5.q5_dropout.cheating_feature import (
    BATCH,
    LEARNING_RATE,
    convnet,
    normalized,
    other_classes,
    write_answer,
)
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import fit, logits_of, parameter_count, to_device
from proofsheet.learning.recipes import SgdRecipe


def train(
    data: Dataset,
    device: torch.device,
    *,
    rate: float = 0.0,
    seed: int = 0,
    images: int | None = None,
    measured: int | None = None,
    epochs: int = 10,
    learning_rate: float = LEARNING_RATE,
    batch: int = BATCH,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Train on images with their class in the corner; watch images without it.

    Args:
        data: images (n, 32, 32, 3) of bytes.
        rate: of dropout.
        images: training images; None: all.
        measured: watched images, and test images; None: all.
    """
    classes = len(data.class_names)
    y, watched_y, test_y = to_device(
        data.train.y[:images], data.val.y[:measured], data.test.y[:measured], device=device
    )
    x = write_answer(normalized(data.train.x[:images], device), y)
    watched, clean = (normalized(p.x[:measured], device) for p in (data.val, data.test))
    mixed = mixed_precision(device)
    torch.manual_seed(seed)
    model = convnet(rate, classes).to(device)
    recipe = SgdRecipe(epochs, batch, learning_rate, momentum=0.0, weight_decay=0.0)
    curves = fit(
        model, (x, y), (watched, watched_y), recipe, seed=seed, label=f"dropout {rate:g}",
        mixed=mixed,
    )  # fmt: skip
    wrong = other_classes(test_y, classes, seed)
    shown = {
        "clean": clean,
        "cheating": write_answer(clean, test_y),
        "misled": write_answer(clean, wrong),
    }
    answers = {name: logits_of(model, x, mixed=mixed).argmax(dim=1) for name, x in shown.items()}

    def share(hits: Tensor) -> float:
        return hits.double().mean().item()

    return {
        "rate": rate,
        "seed": seed,
        "epochs": epochs,
        "images": len(y),
        "mixed": mixed,
        "test_images": len(test_y),
        "parameters": parameter_count(model),
        "clean_accuracy": share(answers["clean"] == test_y),
        "cheating_accuracy": share(answers["cheating"] == test_y),
        # Images with the bits of another class.
        "misled": {
            "by_bits": share(answers["misled"] == wrong),
            "by_image": share(answers["misled"] == test_y),
        },
        "called_zero": share(answers["clean"] == 0),
    }, curves | {"val_logits": logits_of(model, watched, mixed=mixed).cpu().numpy()}
