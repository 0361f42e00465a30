"""CSCI 5527 HW 2, problem 4: what is told of a tuning, and of the classifier that it chose."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.csci5527_hw2.p4_dry_beans.model_selection import Predictor, Split, Trial
from proofsheet.learning.classification import accuracy, confusion_matrix

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""


def tested(split: Split, chosen: Trial, predict: Predictor, classes: int, seed: int) -> Run:
    """What the chosen classifier does on the test rows, which it opens."""
    predicted = split.test.predictions(predict)
    confusion = confusion_matrix(split.test.y, predicted, classes)
    return {
        "seed": seed,
        "model": chosen.family,
        "settings": chosen.settings,
        "validation_accuracy": chosen.validation_accuracy,
        "test_questions": split.test.questions,
        "test_accuracy": float(accuracy(confusion)),
    }, {"confusion": confusion, "predicted": predicted, "truth": split.test.y}


def told(trial: Trial) -> dict[str, Any]:
    """A trial as the results keep it."""
    return {
        "settings": trial.settings,
        "validation_accuracy": trial.validation_accuracy,
        "validation_macro_f1": trial.validation_macro_f1,
    }
