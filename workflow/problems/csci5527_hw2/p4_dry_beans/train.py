"""CSCI 5527 HW 2, problem 4: one setting of a classifier of beans, as the searches try it."""

from __future__ import annotations

from typing import Any

from problems.csci5527_hw2.p4_dry_beans.classical import SVM_START, fit_svm
from problems.csci5527_hw2.p4_dry_beans.model_selection import Run
from proofsheet.data.dataset import Dataset


def train_mlp(
    data: Dataset, device: Any, *, grid: str = "full", seed: int = 0, **settings: Any
) -> Run:
    """Fit the perceptrons on the training rows.

    Args:
        grid: whose search begins with what is not among the `settings`.
    """
    # Here, so that the support vector machine does not wait for PyTorch.
    from problems.csci5527_hw2.p4_dry_beans.mlp_ensemble import MLP_START, fit_mlp

    settings = MLP_START[grid] | settings
    settings["hidden"] = tuple(settings["hidden"])
    rows, watched = (data.train.x, data.train.y), (data.val.x, data.val.y)
    fitted = fit_mlp(settings, rows, watched, seed=seed, device=device)
    return fitted.facts, {"val_predicted": fitted.predict(data.val.x), **fitted.curves}


def train_svm(
    data: Dataset, device: object = None, *, grid: str = "full", seed: int = 0, **settings: Any
) -> Run:
    """Fit the support vector machine on the training rows; nothing about it is drawn."""
    fitted = fit_svm(SVM_START | settings, (data.train.x, data.train.y))
    return {}, {"val_predicted": fitted.predict(data.val.x)}
