"""Tune a classifier of beans on the validation rows, then test the one that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from problems.csci5527_hw2.p4_dry_beans.model_selection import (
    Fit,
    SealedTest,
    Trial,
    best,
    coordinate_search,
)
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.progress import Epochs
from proofsheet.learning.classification import accuracy, confusion_matrix

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""


def tune(
    model: str,
    data: Dataset,
    fit: Callable[..., Fit],
    start: Mapping[str, Any],
    axes: Mapping[str, Sequence[Any]],
    *,
    seed: int,
) -> Run:
    """Search by validation accuracy; fit the best setting to all but the test rows and test it.

    Args:
        model: its name in the results.
        data: divided with `seed`.
        fit: of settings, rows, and rows to watch.
        start, axes: of `coordinate_search`.
    """
    train, validation = (data.train.x, data.train.y), (data.val.x, data.val.y)
    test = SealedTest(data.test.x, data.test.y)

    def trial_of(settings: dict[str, Any]) -> Trial:
        fitted = fit(settings, train, validation)
        return Trial(settings, float(np.mean(fitted.predict(data.val.x) == data.val.y)), fitted)

    candidates = 1 + sum(len(values) - 1 for values in axes.values())
    steps, bar = [], Epochs(candidates, f"{model}, split {seed}")
    for _, step in zip(bar, coordinate_search(start, axes, trial_of), strict=True):
        steps.append(step)
        bar.report(validation_accuracy=step[1].validation_accuracy)
    chosen = best(trial for _, trial in steps)

    # The choice is made: its rows are free to be fitted, and the test set opens once.
    both = tuple(np.concatenate(parts) for parts in zip(train, validation, strict=True))
    fitted = fit(chosen.settings, both)
    predicted = test.predictions(fitted.predict)
    confusion = confusion_matrix(test.y, predicted, len(data.class_names))
    return {
        "seed": seed,
        "model": model,
        "settings": chosen.settings,
        "candidates": len(steps),
        "validation_accuracy": chosen.validation_accuracy,
        "test_accuracy": float(accuracy(confusion)),
        "trials": [
            {
                "axis": axis,
                "settings": trial.settings,
                "validation_accuracy": trial.validation_accuracy,
                **trial.fitted.facts,
            }
            for axis, trial in steps
        ],
        **fitted.facts,
    }, {
        "confusion": confusion,
        "predicted": predicted,
        "truth": test.y,
        **chosen.fitted.curves,
    }
