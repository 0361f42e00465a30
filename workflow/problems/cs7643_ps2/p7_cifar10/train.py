"""CS 7643 PS 2, problem 7: trainings on CIFAR-10 with PyTorch (part 2 and the extra credit)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from problems.cs7643_ps2.p7_cifar10.long_tail import FACTOR, long_tailed_rows, loss_of
from problems.cs7643_ps2.p7_cifar10.recipes import CHOICES, LONG_TAIL, PLANS
from proofsheet.data.dataset import Dataset
from proofsheet.learning.cifar_plan import OWN, Run, rows_on, train_plan
from proofsheet.learning.classification import accuracy, confusion_matrix, recall
from proofsheet.learning.loop import parameter_count, share_right


def train(
    data: Dataset, device: torch.device, *, network: str = "two_layer", seed: int = 0,
    images: int | None = None, measured: int | None = None, epochs: int | None = None,
    **recipe: Any,
) -> Run:  # fmt: skip
    """Train the two-layer network, the vanilla CNN or our own design (part 2).

    Args:
        network: a key of `PLANS`.
        data, images, measured, epochs, recipe: as in `train_plan`.
    """
    return train_plan(
        PLANS[network], data, device, label=network, seed=seed, images=images, measured=measured,
        epochs=epochs, **recipe,
    )  # fmt: skip


def train_without(
    data: Dataset, device: torch.device, *, choice: str = "none", seed: int = 0,
    images: int | None = None, measured: int | None = None, epochs: int | None = None,
    **recipe: Any,
) -> Run:  # fmt: skip
    """Train our own design without one of its choices, on a few of the images (part 2).

    Args:
        choice: a key of `CHOICES`; `none` is the whole design.
        data, images, measured, epochs, recipe: as in `train_plan`.
    """
    plan = CHOICES[choice](OWN).adapted(device, epochs, recipe)
    rows, validation, _ = rows_on(device, data, images, measured)
    model, _, _ = plan.fit(rows, None, seed=seed, label=f"without {choice}")
    one_view = plan.one_view(model, validation[0])
    logits = plan.logits(model, validation[0], one_view)
    found = {
        "both_ways": (logits, validation[1]),
        "one_view": (one_view, validation[1]),
        "train": (plan.one_view(model, rows[0][:5000]), rows[1][:5000]),
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
        data, images, measured, epochs, recipe: as in `train_plan`.
    """
    classes = len(data.class_names)
    plan = LONG_TAIL.adapted(device, epochs, recipe)
    kept = long_tailed_rows(data.train.y[:images], classes, factor, seed=seed)
    rows, validation, test = rows_on(device, data, kept, measured)
    counts = np.bincount(data.train.y[kept], minlength=classes)
    model, _, _ = plan.fit(rows, None, seed=seed, label=loss, loss=loss_of(loss, counts))
    predicted = plan.logits(model, test[0]).argmax(dim=1).cpu().numpy()
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
    }, {"val_logits": plan.logits(model, validation[0]).cpu().numpy()}
