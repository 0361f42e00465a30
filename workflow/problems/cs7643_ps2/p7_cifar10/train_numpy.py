"""CS 7643 PS 2, problem 7, part 1: the NumPy ConvNet on 50 images, then on all of them once."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np

from mytorch.nn.optim import SGD
from mytorch.training import fit, logits_of
from mytorch.utils.gradient_check import gradient_check
from problems.cs7643_ps2.p7_cifar10.numpy_convnet import FEW, FEW_RECIPE, ONCE, centered, convnet
from proofsheet.data.dataset import Dataset
from proofsheet.learning.classification import share

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""


def train(
    data: Dataset, device: object = None, *, seed: int = 0, images: int | None = None,
    measured: int | None = None, **recipe: Any,
) -> Run:  # fmt: skip
    """Train the ConvNet once on the training images.

    Args:
        data: images (n, 32, 32, 3) of bytes.
        device: NumPy has none.
        images: training images; None: all.
        measured: validation images, and test images; None: all.
        recipe: what differs from `ONCE`.
    """
    settings = ONCE | recipe
    x, y = data.train.x[:images], data.train.y[:images]
    prepare = partial(centered, mean=x.mean(axis=0))
    model = convnet(seed)
    start = time.perf_counter()
    curves = _fit(model, x, y, settings, prepare, seed)
    seconds = time.perf_counter() - start
    logits = {
        name: logits_of(model, part.x[:measured], prepare=prepare)
        for name, part in (("val", data.val), ("test", data.test))
        if len(part)
    }
    test = data.test.y[:measured]
    return {
        "images": len(x),
        "parameters": sum(p.size for p in model.get_parameters()),
        "batch": settings["batch"],
        "train_accuracy": curves["accuracy"].mean(),
        "test_accuracy": share(logits["test"].argmax(axis=1) == test) if len(test) else None,
        "seconds": seconds,
        "images_per_second": len(x) * settings["epochs"] / seconds,
    }, {"loss": curves["loss"][0], "accuracy": curves["accuracy"][0], "val_logits": logits["val"]}


def overfit(data: Dataset, *, seed: int = 0, checked: int = 40) -> Run:
    """Check the ConvNet's gradients, then train it on the publisher's first 50 images.

    Args:
        checked: entries of each parameter whose gradient is checked.
    """
    published = data.published_train()
    x, y = published.x[:FEW], published.y[:FEW]
    prepare = partial(centered, mean=x.mean(axis=0))
    model = convnet(seed)
    # One image and a small step: the more units there are, the more cross a kink within it.
    error = gradient_check(model, prepare(x[:1]) / 64, y[:1], 1e-6, sample=checked, rng=seed)
    curves = _fit(model, x, y, FEW_RECIPE, prepare, seed)
    right = logits_of(model, x, prepare=prepare).argmax(axis=1) == y
    return {
        "train_accuracy": right.mean(),
        "first_loss": curves["loss"][0, 0],
        "first_epoch_loss": curves["loss"][0].mean(),
        "last_loss": curves["loss"][-1].mean(),
        "gradient_error": error,
        "checked_entries": checked,
    }, curves


def train_both(
    data: Dataset, device: object = None, *, seed: int, images: int | None, measured: int | None,
    checked: int,
) -> Run:  # fmt: skip
    """Both, as the report has them."""
    few, few_arrays = overfit(data, seed=seed, checked=checked)
    whole, whole_arrays = train(data, seed=seed, images=images, measured=measured)
    return {"overfit": few, "numpy": whole}, {
        **{f"few_{name}": values for name, values in few_arrays.items()},
        **{f"whole_{name}": whole_arrays[name] for name in ("loss", "accuracy")},
    }


def _fit(model, x, y, recipe, prepare, seed) -> dict[str, np.ndarray]:
    rates = (recipe[name] for name in ("learning_rate", "momentum", "weight_decay"))
    optimizer, rng = SGD(model.get_parameters(), *rates), np.random.default_rng(seed)
    lengths = {name: recipe[name] for name in ("epochs", "batch")}
    return fit(model, x, y, optimizer, **lengths, rng=rng, prepare=prepare)
