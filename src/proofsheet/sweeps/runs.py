"""What the runs of a sweep are compared by: metrics of the validation rows.

A run is the training of a problem (`train` in its folder), with the parameters of its rule as the
starting point. It trains on the training rows; the test rows are not there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from proofsheet.learning.classification import accuracy, confusion_matrix, macro_f1

Metrics = dict[str, float | None]
"""Of the validation rows: `validation_accuracy`, `validation_macro_f1` and, where the classifier
gives probabilities, `validation_loss`, which is None if it is not finite."""


def validated(arrays: Mapping[str, np.ndarray], y: np.ndarray) -> Metrics:
    """Metrics of a training, from what it says about the first validation rows.

    Args:
        arrays: `val_logits` (n, K), or `val_score` (n,) of the second of two classes, or
            `val_predicted` (n,), which may have `validation_loss` per epoch beside it.
        y: (n,) classes, or more.
    """
    if "val_score" in arrays:
        score = arrays["val_score"]
        return of_logits(np.stack([np.zeros_like(score), score], axis=1), y[: len(score)])
    if "val_logits" in arrays:
        return of_logits(arrays["val_logits"], y[: len(arrays["val_logits"])])
    metrics = of_predictions(arrays["val_predicted"], y)
    if "validation_loss" in arrays:
        metrics["validation_loss"] = finite(arrays["validation_loss"][-1])
    return metrics


def of_predictions(predicted: np.ndarray, y: np.ndarray) -> Metrics:
    """Metrics of classes (n,) that were predicted where `y` (n,) are right."""
    confusion = confusion_matrix(y, predicted, int(max(y.max(), predicted.max())) + 1)
    return {
        "validation_accuracy": float(accuracy(confusion)),
        "validation_macro_f1": float(macro_f1(confusion)),
    }


def of_logits(logits: np.ndarray, y: np.ndarray) -> Metrics:
    """Metrics of logits (n, K) where the classes are `y` (n,); the loss is the cross-entropy."""
    z = logits.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):  # of a training that diverged
        z = z - z.max(axis=1, keepdims=True)
        losses = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]
    return of_predictions(logits.argmax(axis=1), y) | {"validation_loss": finite(losses.mean())}


def finite(value: float) -> float | None:
    """The number, or None where a training has diverged."""
    return float(value) if math.isfinite(value) else None
