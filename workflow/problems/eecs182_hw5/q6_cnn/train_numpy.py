"""EECS 182 HW 5, question 6, NumPy part: what batch norm, weight scales and dropout change."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np

from mytorch.nn.modules.batchnorm import BatchNorm1d, BatchNorm2d
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
        "batchnorm": backward_speeds(speed_repetitions, seed),
    }

    def both(name: str) -> tuple[np.ndarray, np.ndarray]:
        """Training and validation accuracies of an experiment."""
        return arrays[f"{name}_train_accuracy"], arrays[f"{name}_validation_accuracy"]

    for kind in KINDS:
        fitted, checked = both(f"bn_depth_{kind}")
        metrics["bn_depth"][kind] = {
            "train_accuracy": fitted[:, -1].mean(),
            "best_validation_accuracy": checked.max(axis=1).mean(),
        }
        fitted, checked = (a.mean(axis=1) for a in both(f"weight_scale_{kind}"))
        metrics["weight_scale"][kind] = {
            "best_train_accuracy": fitted.max(),
            "best_validation_accuracy": checked.max(),
            "worst_train_accuracy": fitted.min(),
            "train_accuracy": fitted,
            "validation_accuracy": checked,
            # Scales with at least 0.9 of the best training accuracy.
            "workable": int((fitted > 0.9 * fitted.max()).sum()),
        }
        fitted, checked = both(f"convnet_{kind}")
        metrics["convnet"][kind] = {
            "train_accuracy": fitted[-1],
            "validation_accuracy": checked[-1],
        }
    for name in RATES:
        fitted, checked = both(f"dropout_{name}")
        metrics["dropout_regularization"][name] = {
            "train_accuracy": fitted[:, -1].mean(),
            "validation_accuracy": checked[:, -1].mean(),
            "best_validation_accuracy": checked.max(axis=1).mean(),
            "gap": (fitted - checked)[:, -1].mean(),
        }
    none, half = (both(f"dropout_{name}")[1][:, -1] for name in RATES)
    gains = half - none
    metrics["dropout_regularization"]["gain"] = {
        "mean": gains.mean(),
        "standard_error": gains.std(ddof=1) / np.sqrt(len(gains)),
        "repetitions": len(gains),
    }
    return metrics, arrays


def backward_speeds(repetitions: int, seed: int) -> dict[str, Any]:
    """Processor time of batch norm's backward pass through the graph over that in closed form.

    Returns:
        `rows.speedup` and `images.speedup`, of medians over calls in float32 that take turns.
    """
    rng = np.random.default_rng(seed)
    speeds = {}
    for name, kind, shape in (
        ("rows", BatchNorm1d, (256, 1024)),
        ("images", BatchNorm2d, (64, 32, 16, 16)),
    ):
        layer = kind(shape[1])
        layer.forward(rng.normal(1, 2, shape).astype(np.float32))
        g = rng.standard_normal(shape).astype(np.float32)
        times = np.zeros((repetitions, 2))
        for row in times:
            for i, backward in enumerate((layer.backward, layer.backward_graph)):
                start = time.process_time()
                backward(g)
                row[i] = time.process_time() - start
        closed, graph = np.median(times, axis=0)
        speeds[name] = {"speedup": graph / closed}
    return speeds
