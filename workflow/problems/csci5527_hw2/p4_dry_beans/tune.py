"""CSCI 5527 HW 2, problem 4: tune the classifiers on one split, and test the best of each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from problems.csci5527_hw2.p4_dry_beans.classical import CLASSICAL_GRIDS, fit_pipeline, tune
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.progress import Epochs
from proofsheet.learning.classification import confusion_matrix, summary
from proofsheet.learning.model_selection import Trial, best, seal, search_length

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""


def tune_classical(data: Dataset, device: object = None, *, grid: str, seed: int) -> Run:
    """Tune SVM, forest and boosting on the validation rows; refit and test the best (part a).

    Args:
        data: divided with `seed`.
        grid: a key of `CLASSICAL_GRIDS`.
    """
    split = seal(data)
    # Training and validation rows only.
    grids = CLASSICAL_GRIDS[grid]
    trials, bar = [], Epochs(sum(map(len, grids.values())), f"classical, split {seed}")
    for _, trial in zip(bar, tune(grids, split.train, split.validation, seed=seed), strict=True):
        trials.append(trial)
        bar.report(validation_accuracy=trial.validation_accuracy)
    chosen = best(trials)

    # The choice is made: its rows are free to be fitted, and the test set opens once.
    predict = fit_pipeline(chosen.family, chosen.settings, split.fitting_rows(), seed=seed)
    metrics, arrays = _tested(data, split, chosen, predict, seed)
    return metrics | {
        "candidates": len(trials),
        "validation_by_family": {
            family.replace(" ", "_"): best(
                t for t in trials if t.family == family
            ).validation_accuracy
            for family in grids
        },
        "trials": [{"family": trial.family} | _told(trial) for trial in trials],
    }, arrays


def tune_mlp(data: Dataset, device: Any, *, grid: str, seed: int) -> Run:
    """Tune perceptrons on the validation rows; refit and test the best (part b).

    Args:
        data: divided with `seed`.
        grid: a key of `MLP_AXES`.
    """
    # Here, so that the other families do not wait for PyTorch.
    from problems.csci5527_hw2.p4_dry_beans.mlp_ensemble import (
        MLP_AXES,
        MLP_START,
        fit_mlp,
        search_mlp,
    )

    split = seal(data)
    # Training and validation rows only.
    search = search_mlp(grid, split.train, split.validation, seed=seed, device=device)
    count = search_length(MLP_START[grid], MLP_AXES[grid])
    steps, bar = [], Epochs(count, f"mlp, split {seed}")
    for _, (axis, trial) in zip(bar, search, strict=True):
        steps.append((axis, trial))
        bar.report(loss=trial.curves["validation_loss"][-1], accuracy=trial.validation_accuracy)
    chosen = best(trial for _, trial in steps)

    # The choice is made: its rows are free to be fitted, and the test set opens once.
    predict, refit_curves, parameters = fit_mlp(
        chosen.settings, split.fitting_rows(), seed=seed, device=device
    )
    metrics, arrays = _tested(data, split, chosen, predict, seed)
    return metrics | {
        "parameters": parameters,
        "candidates": len(steps),
        "trials": [
            {"axis": axis} | _told(trial) | {"validation_loss": trial.curves["validation_loss"][-1]}
            for axis, trial in steps
        ],
    }, arrays | {"refit_loss": refit_curves["loss"], **chosen.curves}


def _tested(data: Dataset, split: Any, chosen: Trial, predict: Any, seed: int) -> Run:
    """What the chosen classifier does on the test rows."""
    predicted = split.test.predictions(predict)
    confusion = confusion_matrix(split.test.y, predicted, len(data.class_names))
    return {
        "seed": seed,
        "model": chosen.family,
        "settings": chosen.settings,
        "validation_accuracy": chosen.validation_accuracy,
        "test_questions": split.test.questions,
        **summary(confusion, data.class_names, seed=seed),
    }, {"confusion": confusion, "predicted": predicted, "truth": split.test.y}


def _told(trial: Trial) -> Mapping[str, Any]:
    return {
        "settings": trial.settings,
        "validation_accuracy": trial.validation_accuracy,
        "validation_macro_f1": trial.validation_macro_f1,
    }
