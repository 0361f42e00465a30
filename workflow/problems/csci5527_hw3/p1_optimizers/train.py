"""CSCI 5527 HW 3, problem 1: train the network for digits; tune an optimizer in short trainings."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from problems.csci5527_hw3.p1_optimizers.network import (
    AXES,
    BATCH,
    START,
    layer_parameters,
    make_steppers,
    network,
    scaled,
    shifted,
)
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import Rows, fit, logits_of, parameter_count, share_right
from proofsheet.learning.model_selection import (
    Trial,
    along_axes,
    best,
    by_loss,
    coordinate_search,
    scored,
)
from proofsheet.learning.recipes import AdamRecipe

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""


def train(
    data: Dataset,
    device: torch.device,
    *,
    optimizer: str = "adam",
    implementation: str = "ours",
    seed: int = 0,
    images: int | None = None,
    epochs: int = 5,
    batch: int = BATCH,
    learning_rate: float | None = None,
    weight_decay: float | None = None,
    tuning: Mapping[str, Any] | None = None,
) -> Run:
    """Train the network on shifted images with one optimizer.

    Args:
        data: images (n, 28, 28) of bytes.
        optimizer: a key of `network.OPTIMIZERS`.
        implementation: `ours` or `builtin` (PyTorch's).
        images: training images; None: all.
        learning_rate, weight_decay: in the place of the tuned ones.
        tuning: what `tune` found; without it the settings are PyTorch's defaults.
    """
    settings = dict(tuning["chosen"] if tuning else START[optimizer])
    settings |= {} if learning_rate is None else {"lr": learning_rate}
    settings |= {} if weight_decay is None else {"weight_decay": weight_decay}
    rows, validation, test = (
        (scaled(part.x[:few], device), torch.from_numpy(part.y[:few]).to(device))
        for part, few in ((data.train, images), (data.val, None), (data.test, None))
    )
    start = time.perf_counter()
    model, curves = _fit(
        optimizer, settings, rows, validation, AdamRecipe(epochs=epochs, batch=batch),
        seed=seed, implementation=implementation,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    logits = {"val": logits_of(model, validation[0]), "test": logits_of(model, test[0])}
    return {
        "optimizer": optimizer,
        "implementation": implementation,
        "seed": seed,
        "settings": settings,
        "epochs": epochs,
        "batch": batch,
        "images": len(rows[1]),
        "layers": len(layer_parameters(model)),
        "layer_parameters": layer_parameters(model),
        "parameters": parameter_count(model),
        "products": "bfloat16" if mixed_precision(device) else "float32",
        "test_accuracy": share_right(logits["test"], test[1]),
        "seconds_per_epoch": seconds / epochs,
    }, {
        "predicted": logits["test"].argmax(dim=1).cpu().numpy(),
        "val_logits": logits["val"].cpu().numpy(),
        **curves,
    }


def tune(
    data: Dataset, device: torch.device, *, optimizer: str, seed: int, images: int | None,
    epochs: int,
) -> Run:  # fmt: skip
    """Choose one optimizer's settings on the validation images, in short trainings.

    Args:
        data: its test images are not read.
        optimizer: a key of `network.AXES`.
        images, epochs: of each training.
    """
    rows, validation = (
        (scaled(part.x[:images], device), torch.from_numpy(part.y[:images]).to(device))
        for part in (data.train, data.val)
    )
    recipe = AdamRecipe(epochs=epochs, batch=BATCH)

    def trial(settings: Mapping[str, float]) -> Trial:
        model, curves = _fit(optimizer, settings, rows, validation, recipe, seed=seed)
        called = logits_of(model, validation[0]).argmax(dim=1).cpu().numpy()
        x, y = validation
        return scored(optimizer, settings, lambda _: called, (x, y.cpu().numpy()), curves=curves)

    steps = list(coordinate_search(START[optimizer], AXES[optimizer], trial, by_loss))
    return {
        "optimizer": optimizer,
        "epochs": epochs,
        "images": len(rows[1]),
        "chosen": best((found for _, found in steps), by_loss).settings,
        "trials": len(steps),
        "axes": {
            axis: [
                {
                    "value": one.settings[axis],
                    "validation_loss": one.curves["validation_loss"][-1],
                    "validation_accuracy": one.validation_accuracy,
                }
                for one in along
            ]
            for axis, along in along_axes(steps, AXES[optimizer], by_loss).items()
        },
    }, {}


def _fit(
    name: str, settings: Mapping[str, float], rows: Rows, validation: Rows,
    recipe: AdamRecipe, *, seed: int, implementation: str = "ours",
) -> tuple[torch.nn.Module, dict[str, np.ndarray]]:  # fmt: skip
    """A new network after its training, and its curves."""
    torch.manual_seed(seed)
    device = rows[0].device
    model = network().to(device)
    return model, fit(
        model, rows, validation, recipe, seed=seed, augment=shifted,
        label=f"{name} {implementation} seed {seed}", mixed=mixed_precision(device),
        steppers=make_steppers(name, implementation, settings),
    )  # fmt: skip
