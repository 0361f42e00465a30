"""The runs that a sweep repeats, one module for each problem.

Each takes up the training of its problem's script, with the recipe of its rule as the starting
point, and replaces what is swept. All of them train on the training rows and are measured on the
validation rows. The test rows are not there: settings are compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

import numpy as np

from proofsheet.data.dataset import Dataset, Part
from proofsheet.learning.classification import accuracy, confusion_matrix, macro_f1

Metrics = dict[str, float | None]
"""Of the validation rows: `validation_accuracy`, `validation_macro_f1` and, where the classifier
gives probabilities, `validation_loss`, which is None if it is no finite number."""


@dataclass(frozen=True)
class Common:
    """What the runs of one job share.

    Attributes:
        data: without test rows, see `without_test`.
        device: as in `config.yaml`: auto, cpu or cuda.
        start: the parameters of the rule that is repeated, such as its epochs and images.
        inputs: paths of further files, by name.
    """

    data: Dataset
    device: str
    start: Mapping[str, Any]
    inputs: Mapping[str, str] = field(default_factory=dict)


RunOne = Callable[[Common, Mapping[str, Any]], Metrics]
"""What all runs share, and the parameters of this one."""


def run_of(function: str) -> RunOne:
    """The run `<set>.<problem>.sweep:<name>`; a job imports no other problem's."""
    module, name = function.split(":")
    return getattr(import_module(f"problems.{module}"), name)


def without_test(data: Dataset) -> Dataset:
    """The same data with an empty test part, so that no run can look at it."""
    return replace(data, test=Part(data.test.x[:0], data.test.y[:0]))


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
