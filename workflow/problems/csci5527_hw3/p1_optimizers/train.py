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
    DROPOUT,
    IMPLEMENTATIONS,
    START,
    Recipe,
    layer_parameters,
    network,
    scaled,
    shifted,
)
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import Rows, fit, logits_of, parameter_count, share_right

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""

ENDS = ("validation_loss", "validation_accuracy")
"""Curves whose last values tell how a short training ends."""


def train(
    data: Dataset, device: torch.device, *, optimizer: str = "adam", implementation: str = "ours",
    seed: int = 0, images: int | None = None, epochs: int = 7, batch: int = BATCH,
    learning_rate: float | None = None, weight_decay: float | None = None,
    tuning: Mapping[str, Any] | None = None,
) -> Run:  # fmt: skip
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
    recipe = IMPLEMENTATIONS[implementation](optimizer, settings, epochs, batch)
    model, curves = _fit(recipe, rows, validation, seed)
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
        images, epochs: of each training; all validation images judge it.

    Returns:
        Every trial, and how the one with the chosen settings ends; its answers, `predicted`, to the
        validation images (n,).
    """
    rows, validation = (
        (scaled(part.x[:few], device), torch.from_numpy(part.y[:few]).to(device))
        for part, few in ((data.train, images), (data.val, None))
    )
    chosen, axes, found, models = dict(START[optimizer]), {}, {}, {}
    for axis, values in AXES[optimizer].items():
        axes[axis] = []
        for value in values:
            settings = {**chosen, axis: value}
            key = tuple(settings.values())
            if key not in found:  # the start of an axis has been tried at the end of the one before
                recipe = Recipe(optimizer, settings, epochs)
                models[key], curves = _fit(recipe, rows, validation, seed)
                found[key] = {name: curves[name][-1] for name in ENDS}
            axes[axis].append({"value": value, **found[key]})
        chosen[axis] = min(axes[axis], key=lambda trial: trial["validation_loss"])["value"]
    key = tuple(chosen.values())
    return {
        "optimizer": optimizer,
        "epochs": epochs,
        "images": len(rows[1]),
        "chosen": chosen,
        "trials": len(found),
        "axes": axes,
        "ours": found[key],
    }, {"predicted": logits_of(models[key], validation[0]).argmax(dim=1).cpu().numpy()}


def _fit(
    recipe: Recipe, rows: Rows, validation: Rows, seed: int
) -> tuple[torch.nn.Module, dict[str, np.ndarray]]:
    """A new network after its training, and its curves."""
    torch.manual_seed(seed)
    device = rows[0].device
    model = network(dropout=DROPOUT[recipe.optimizer]).to(device)
    shown = " ".join(f"{key} {value:g}" for key, value in recipe.settings.items())
    return model, fit(
        model, rows, validation, recipe, seed=seed, augment=shifted,
        label=f"{recipe.optimizer} {recipe.implementation} {shown} seed {seed}",
        mixed=mixed_precision(device),
    )  # fmt: skip
