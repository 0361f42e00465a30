"""CS 7643 PS 2, problem 7: trainings on CIFAR-10 with PyTorch (part 2 and the extra credit)."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from problems.cs7643_ps2.p7_cifar10.long_tail import FACTOR, long_tailed_rows, loss_of
from problems.cs7643_ps2.p7_cifar10.recipes import CHOICES, LONG_TAIL, PLANS, Plan
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision, resolve
from proofsheet.learning.augmentation import Growing, logits_both_ways
from proofsheet.learning.classification import accuracy, confusion_matrix, recall
from proofsheet.learning.loop import (
    Criterion,
    Rows,
    fit,
    logits_of,
    parameter_count,
    share_right,
    to_device,
)
from proofsheet.learning.recipes import changed

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""


def train(
    data: Dataset, device: torch.device, *, network: str = "two_layer", seed: int = 0,
    images: int | None = None, measured: int | None = None, epochs: int | None = None,
    **recipe: Any,
) -> Run:  # fmt: skip
    """Train the two-layer network, the vanilla CNN or our own design (part 2).

    Args:
        data: images (n, 32, 32, 3) of bytes.
        network: a key of `PLANS`.
        images: training images; None: all.
        measured: validation images, and test images; None: all.
        epochs: None: those of the plan for this device.
        recipe: what differs from the plan's recipe.
    """
    plan = _adapted(PLANS[network], device, epochs, recipe)
    rows, validation, test = _rows(data, device, images, measured)
    model, curves, seconds = _fit(plan, rows, validation, seed=seed, label=network)
    # The first of the training images say how much is learned by heart.
    few = rows[0][:5000], rows[1][:5000]
    logits = {
        name: _logits(model, plan, x)
        for name, (x, _) in (("train", few), ("val", validation), ("test", test))
    }
    return {
        "network": network,
        "mixed": mixed_precision(device),
        "images": len(rows[1]),
        "parameters": parameter_count(model),
        "train_accuracy": share_right(logits["train"], few[1]),
        "val_accuracy": share_right(logits["val"], validation[1]),
        "test_accuracy": share_right(logits["test"], test[1]),
        "one_view_accuracy": share_right(_logits(model, plan, test[0], False), test[1]),
        "seconds": seconds,
        "images_per_second": len(rows[1]) * plan.recipe.epochs / seconds,
        **vars(plan.recipe),
        "curves": curves,
    }, {f"{name}_logits": logits[name].double().cpu().numpy() for name in ("val", "test")}


def train_without(
    data: Dataset, device: torch.device, *, choice: str = "none", seed: int = 0,
    images: int | None = None, measured: int | None = None, epochs: int | None = None,
    **recipe: Any,
) -> Run:  # fmt: skip
    """Train our own design without one of its choices, on a few of the images (part 2).

    Args:
        choice: a key of `CHOICES`; `none` is the whole design.
        epochs: None: those of a CPU, so that the comparison is the same everywhere.
        images, measured, recipe: as in `train`.
    """
    plan = _adapted(CHOICES[choice](PLANS["own"]), resolve("cpu"), epochs, recipe)
    rows, validation, _ = _rows(data, device, images, measured)
    model, _, _ = _fit(plan, rows, None, seed=seed, label=f"without {choice}")
    logits = _logits(model, plan, validation[0])
    found = {
        "both_ways": (logits, validation[1]),
        "one_view": (_logits(model, plan, validation[0], False), validation[1]),
        "train": (_logits(model, plan, rows[0][:5000], False), rows[1][:5000]),
    }
    return {
        "choice": choice,
        "images": len(rows[1]),
        "validation_images": len(validation[1]),
        "epochs": plan.recipe.epochs,
    } | {f"{name}_accuracy": share_right(z, classes) for name, (z, classes) in found.items()}, {
        "val_logits": logits.cpu().numpy()
    }


def train_long_tail(
    data: Dataset, device: torch.device, *, loss: str = "cross_entropy", factor: float = FACTOR,
    seed: int = 0, images: int | None = None, measured: int | None = None,
    epochs: int | None = None, **recipe: Any,
) -> Run:  # fmt: skip
    """Train ResNet-32 on classes of very different size with one loss (extra credit).

    Args:
        loss: one of `LOSSES`.
        factor: how many times as many images the largest class has as the smallest.
        images, measured, epochs, recipe: as in `train`.
    """
    classes = len(data.class_names)
    plan = _adapted(LONG_TAIL, device, epochs, recipe)
    kept = long_tailed_rows(data.train.y[:images], classes, factor, seed=seed)
    rows, validation, test = _rows(data, device, kept, measured)
    counts = np.bincount(data.train.y[kept], minlength=classes)
    model, _, _ = _fit(plan, rows, None, seed=seed, label=loss, loss=loss_of(loss, counts))
    predicted = _logits(model, plan, test[0]).argmax(dim=1).cpu().numpy()
    confusion = confusion_matrix(test[1].cpu().numpy(), predicted, classes)
    return {
        "loss": loss,
        "parameters": parameter_count(model),
        "epochs": plan.recipe.epochs,
        "sides": plan.recipe.sides,
        "images": len(kept),
        "counts": counts,
        "test_accuracy": accuracy(confusion) if len(predicted) else None,
        "recall": recall(confusion),
        "predicted_share": confusion.sum(axis=0) / max(confusion.sum(), 1),
    }, {"val_logits": _logits(model, plan, validation[0]).cpu().numpy()}


def _adapted(plan: Plan, device: torch.device, epochs: int | None, recipe: dict[str, Any]) -> Plan:
    """The plan for this device, with what differs."""
    plan = plan.on(device)
    return replace(plan, recipe=changed(plan.recipe, epochs=epochs, **recipe))


def _rows(
    data: Dataset, device: torch.device, images: int | np.ndarray | None, measured: int | None
) -> list[Rows]:
    """Training, validation and test images, and their classes, on the device."""
    train = images if isinstance(images, np.ndarray) else slice(images)
    few = slice(measured)
    return [
        to_device(part.x[picked], part.y[picked], device=device)
        for part, picked in ((data.train, train), (data.val, few), (data.test, few))
    ]


def _fit(
    plan: Plan, rows: Rows, validation: Rows | None, *, seed: int, label: str,
    loss: Criterion | None = None,
) -> tuple[nn.Module, dict[str, np.ndarray], float]:  # fmt: skip
    """The plan's network after its training, the curves, and the seconds that it took."""
    device = rows[0].device
    model = plan.build(rows[0].cpu().numpy(), seed, device)
    start = time.perf_counter()
    curves = fit(
        model, rows, validation, plan.recipe, seed=seed, label=label, augment=plan.augment,
        view=Growing(plan.recipe.sides), loss=loss or plan.recipe.loss,
        mixed=mixed_precision(device),
    )  # fmt: skip
    return model, curves, time.perf_counter() - start


def _logits(model: nn.Module, plan: Plan, x: Tensor, both_ways: bool = True) -> Tensor:
    """Logits of whole images; of both views, where the plan has it."""
    logits = logits_both_ways if plan.both_ways and both_ways else logits_of
    return logits(model, x, view=Growing(), mixed=mixed_precision(x.device))
