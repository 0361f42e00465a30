"""EECS 182 HW 5, question 6, NumPy part: what batch norm, weight scales and dropout change."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from problems.eecs182_hw5.q6_cnn.batchnorm_speed import speeds
from problems.eecs182_hw5.q6_cnn.experiments import (
    KINDS,
    RATES,
    compare_convnets,
    compare_depth,
    compare_dropout,
    flat,
    pixels,
    vary_scale,
)
from problems.eecs182_hw5.q6_cnn.numpy_nets import train_convnet, train_fully_connected
from proofsheet.data.dataset import Dataset


def train(
    data: Dataset, device: object = None, *, seed: int, images: int, scales: int,
    repetitions: int, dropout_repetitions: int, convnet_epochs: int, speed_repetitions: int,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:  # fmt: skip
    """All experiments of the NumPy part.

    Args:
        data: images (n, 32, 32, 3) of bytes.
        device: NumPy has none.
        images: training images, and validation images.
        scales: of the initial weights.
        repetitions, dropout_repetitions: networks, of one seed each.
        convnet_epochs: of the ConvNet.
        speed_repetitions: calls of each backward pass that is timed.
    """
    seen, held = pixels(data, images)
    rows = (flat(seen), flat(held), len(data.class_names))
    arrays = (
        compare_depth(train_fully_connected, *rows, repetitions)
        | vary_scale(train_fully_connected, *rows, repetitions, scales)
        | compare_dropout(train_fully_connected, *rows, dropout_repetitions)
        | compare_convnets(
            partial(train_convnet, classes=len(data.class_names)), seen, held, seed, convnet_epochs
        )
    )
    tried = arrays["scales"]
    metrics = {
        "images": len(seen[1]),
        "validation_images": len(held[1]),
        "bn_depth": {"repetitions": repetitions},
        "weight_scale": {"scales": tried, "count": len(tried), "he": float(np.sqrt(2 / 50))},
        "dropout_regularization": {"images": len(seen[1]) // 2},
        "convnet": {"epochs": convnet_epochs},
        "batchnorm": speeds(speed_repetitions, seed),
    }
    for kind in KINDS:
        depth = {name: arrays[f"bn_depth_{kind}_{name}"] for name in _CURVES}
        metrics["bn_depth"][kind] = {
            "train_accuracy": depth["train_accuracy"][:, -1].mean(),
            "best_validation_accuracy": depth["validation_accuracy"].max(axis=1).mean(),
        }
        means = {name: arrays[f"weight_scale_{kind}_{name}"].mean(axis=1) for name in _CURVES}
        best = means["train_accuracy"].max()
        metrics["weight_scale"][kind] = {
            "best_train_accuracy": best,
            "best_validation_accuracy": means["validation_accuracy"].max(),
            "worst_train_accuracy": means["train_accuracy"].min(),
            "train_accuracy": means["train_accuracy"],
            "validation_accuracy": means["validation_accuracy"],
            # Scales with at least 0.9 of the best training accuracy.
            "workable": int((means["train_accuracy"] > 0.9 * best).sum()),
        }
        metrics["convnet"][kind] = {
            name: arrays[f"convnet_{kind}_{name}"][-1]
            for name in ("train_accuracy", "validation_accuracy")
        }
    for name in RATES:
        curves = {key: arrays[f"dropout_{name}_{key}"] for key in _CURVES}
        last = {key: curves[f"{key}_accuracy"][:, -1] for key in ("train", "validation")}
        metrics["dropout_regularization"][name] = {
            "train_accuracy": last["train"].mean(),
            "validation_accuracy": last["validation"].mean(),
            "best_validation_accuracy": curves["validation_accuracy"].max(axis=1).mean(),
            "gap": (last["train"] - last["validation"]).mean(),
        }
    gains = (
        arrays["dropout_half_validation_accuracy"][:, -1]
        - arrays["dropout_none_validation_accuracy"][:, -1]
    )
    metrics["dropout_regularization"]["gain"] = {
        "mean": gains.mean(),
        "standard_error": gains.std(ddof=1) / np.sqrt(len(gains)),
        "repetitions": len(gains),
    }
    return metrics, arrays


_CURVES = ("loss", "train_accuracy", "validation_accuracy")
