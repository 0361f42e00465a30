"""EECS 182 HW 5, question 6, PyTorch part: the course's networks, and a design of our own.

In the report the data are divided as the question has it: the test images at even places are for
validation. A sweep leaves all test images alone.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from problems.eecs182_hw5.q6_cnn.designs import (
    AUGMENT,
    DESIGNS,
    GIVEN,
    GIVEN_BATCH,
    GIVEN_EPOCHS,
    GivenRecipe,
    chosen,
    given_net,
    own_net,
)
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.augmentation import Augmentation, Growing, logits_both_ways
from proofsheet.learning.loop import Rows, fit, logits_of, parameter_count, share_right, to_device
from proofsheet.learning.recipes import SgdRecipe, changed
from proofsheet.learning.small_image_nets import WIDTHS

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""


def train_given(
    data: Dataset,
    device: torch.device,
    *,
    network: str = "plain",
    seed: int = 0,
    images: int | None = None,
    measured: int | None = None,
    epochs: int | None = None,
    batch: int = GIVEN_BATCH,
    learning_rate: float = 1e-3,
    dropout: float | None = None,
) -> Run:
    """Train one of the course's networks.

    Args:
        data: images (n, 32, 32, 3) of bytes.
        network: a key of `GIVEN`.
        images: training images; None: all.
        measured: validation images, and test images; None: all.
        dropout: in the place of the network's.
    """
    rows, validation, test = _rows(data, device, images, measured)
    options = GIVEN[network] | ({} if dropout is None else {"dropout": dropout})
    torch.manual_seed(seed)
    model = given_net(len(data.class_names), **options).to(device)
    recipe = GivenRecipe(epochs or GIVEN_EPOCHS, batch, learning_rate)
    start = time.perf_counter()
    curves = fit(
        model, rows, validation, recipe, seed=seed, label=network,
        augment=Augmentation(mirror=True, reach=0), mixed=mixed_precision(device),
    )  # fmt: skip
    seconds = time.perf_counter() - start
    logits = logits_of(model, validation[0])
    return {
        "train_accuracy": share_right(logits_of(model, rows[0][:5000]), rows[1][:5000]),
        "validation_accuracy": share_right(logits, validation[1]),
        "test_accuracy": share_right(logits_of(model, test[0]), test[1]),
        "parameters": parameter_count(model),
        "images": len(rows[1]),
        "epochs": recipe.epochs,
        "steps": recipe.epochs * -(-len(rows[1]) // recipe.batch),
        "mixed": mixed_precision(device),
        "seconds": seconds,
    }, curves | {"val_logits": logits.cpu().numpy()}


def train_trial(
    data: Dataset, device: torch.device, *, design: str = "muon_010", seed: int = 0, epochs: int,
    images: int | None = None, measured: int | None = None, **settings: Any,
) -> Run:  # fmt: skip
    """Train one candidate for a few epochs, on some of the images.

    Args:
        design: a key of `DESIGNS`.
        images, measured: as in `train_given`.
        settings: what differs from the candidate's recipe.
    """
    recipe = changed(DESIGNS[design], epochs=epochs, **settings)
    rows, validation, _ = _rows(data, device, images, measured)
    model, curves, seconds = _fit(recipe, data, rows, validation, seed=seed, name=design)
    logits = logits_of(model, validation[0], view=Growing(), mixed=mixed_precision(device))
    return {
        "design": design,
        "muon": recipe.muon,
        "train_accuracy": curves["accuracy"][-1],
        "validation_accuracy": curves["validation_accuracy"][-1],
        "parameters": parameter_count(model),
        "images": len(rows[1]),
        "validation_images": len(validation[1]),
        "epochs": recipe.epochs,
        "seconds": seconds,
    }, {"val_logits": logits.cpu().numpy()}


def train_own(
    data: Dataset, device: torch.device, *, trials: Sequence[dict[str, Any]], seed: int = 0,
    epochs: int | None = None, images: int | None = None, measured: int | None = None,
) -> Run:  # fmt: skip
    """Train the best candidate of the trials to the end; images are judged with their mirror image.

    Args:
        trials: metrics of `train_trial`.
        epochs: None: those of the recipe.
        images, measured: as in `train_given`.
    """
    name = chosen({trial["design"]: trial["validation_accuracy"] for trial in trials})
    recipe = changed(DESIGNS[name], epochs=epochs)
    rows, validation, test = _rows(data, device, images, measured)
    model, curves, seconds = _fit(recipe, data, rows, validation, seed=seed, name="own")
    whole = {"view": Growing(), "mixed": mixed_precision(device)}
    few = (rows[0][:5000], rows[1][:5000])
    parts = {"train": few, "validation": validation, "test": test}
    return {
        "design": name,
        **{
            f"{part}_accuracy": share_right(logits_both_ways(model, x, **whole), y)
            for part, (x, y) in parts.items()
        },
        "one_view_accuracy": share_right(logits_of(model, test[0], **whole), test[1]),
        "parameters": parameter_count(model),
        "images": len(rows[1]),
        "steps": recipe.epochs * -(-len(rows[1]) // recipe.batch),
        "seconds": seconds,
        "mixed": mixed_precision(device),
        "widths": WIDTHS,
        **vars(recipe),
    }, curves


def _rows(
    data: Dataset, device: torch.device, images: int | None, measured: int | None
) -> list[Rows]:
    """Training, validation and test images, and their classes, on the device."""
    return [
        to_device(part.x[:few], part.y[:few], device=device)
        for part, few in ((data.train, images), (data.val, measured), (data.test, measured))
    ]


def _fit(
    recipe: SgdRecipe, data: Dataset, rows: Rows, validation: Rows, *, seed: int, name: str
) -> tuple[torch.nn.Module, dict[str, np.ndarray], float]:
    """Our network after its training, the curves, and the seconds that it took."""
    device = rows[0].device
    model = own_net(rows[0].cpu().numpy(), len(data.class_names), seed).to(device)
    start = time.perf_counter()
    curves = fit(
        model, rows, validation, recipe, seed=seed, label=name, augment=AUGMENT,
        view=Growing(), loss=recipe.loss, mixed=mixed_precision(device),
    )  # fmt: skip
    return model, curves, time.perf_counter() - start
