"""CSCI 5527 HW 2, problem 4: one setting of a classifier of beans, as the searches try it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from problems.csci5527_hw2.p4_dry_beans.classical import (
    BOOSTING,
    CLASSICAL_GRIDS,
    FOREST,
    SVM,
    fit_pipeline,
)
from proofsheet.data.dataset import Dataset

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""


def train_mlp(
    data: Dataset, device: Any, *, grid: str = "full", seed: int = 0, **settings: Any
) -> Run:
    """Fit the perceptrons on the training rows.

    Args:
        grid: whose search begins with what is not among the `settings`.
    """
    # Here, so that the other families do not wait for PyTorch.
    from problems.csci5527_hw2.p4_dry_beans.mlp_ensemble import MLP_START, fit_mlp

    settings = MLP_START[grid] | settings
    settings["hidden"] = tuple(settings["hidden"])
    rows, watched = (data.train.x, data.train.y), (data.val.x, data.val.y)
    predict, curves, parameters = fit_mlp(
        settings, rows, seed=seed, device=device, validation=watched
    )
    return {"parameters": parameters}, {"val_predicted": predict(data.val.x), **curves}


def _classical(
    family: str, data: Dataset, device: object = None, *, grid: str = "full", seed: int = 0,
    **settings: Any,
) -> Run:  # fmt: skip
    """Fit one family on the training rows; what is not set is as in its grid's first setting."""
    settings = CLASSICAL_GRIDS[grid][family][0] | settings
    predict = fit_pipeline(family, settings, (data.train.x, data.train.y), seed=seed)
    return {}, {"val_predicted": predict(data.val.x)}


train_svm = partial(_classical, SVM)
train_forest = partial(_classical, FOREST)
train_boosting = partial(_classical, BOOSTING)
