"""Initializations compared over seeds: their accuracies, what trained, and which one to use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

NAMES = {"zero": "zero", "small_random": "small random", "xavier": "Xavier", "he": "He"}
DISPLAYED = {"tanh": "tanh", "relu": "ReLU"}


def over_seeds(run: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """One activation and one method: means over the seeds, their spread, and the prediction.

    Of the test accuracies it is the median: one seed that ends in a jump of its loss says little
    about a method.

    Args:
        run: with `test_accuracies`, one for each seed.
        arrays: `mean`, `std`, `gradient` (K, L), their `predicted_…` (L,), `epoch_losses`
            (K, epochs).
    """
    accuracies = np.asarray(run["test_accuracies"])
    std, predicted = arrays["std"].mean(axis=0), arrays["predicted_std"]
    last = arrays["gradient"][:, -1:]
    # The zero network has no gradient to compare with: its ratio is 0 as well.
    gradient = np.divide(arrays["gradient"], last, out=np.zeros_like(last + arrays["gradient"]),
                         where=last > 0).mean(axis=0)  # fmt: skip
    epoch_losses = arrays["epoch_losses"].mean(axis=0)
    return {
        "test_accuracy": np.median(accuracies),
        "test_accuracies": accuracies,
        "activation_mean": arrays["mean"].mean(axis=0),
        "activation_std": std,
        "predicted_mean": arrays["predicted_mean"],
        "predicted_std": predicted,
        "prediction_error": np.max(np.abs(std - predicted) / np.where(predicted > 0, predicted, 1)),
        "kept": std[-1] / std[0] if std[0] > 0 else 0.0,
        "gradient": gradient,
        "train_loss": epoch_losses,
        "final_train_loss": epoch_losses[-1],
        "halved_epoch": halved_epoch(epoch_losses, classes=10),
    }


def halved_epoch(epoch_losses: Sequence[float], classes: int) -> int:
    """The first epoch, from 1, whose mean loss is below half of log(classes), the loss of a guess.

    Returns:
        0 if there is no such epoch.
    """
    below = np.flatnonzero(np.asarray(epoch_losses) < np.log(classes) / 2)
    return int(below[0]) + 1 if len(below) else 0


def recommendation(results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The method to use with an activation.

    The best median test accuracy decides. Where the seeds of other methods reach into the seeds of
    the best, accuracy cannot tell them apart, and of these the one is taken whose activations
    keep their scale best before training.

    Args:
        results: what `over_seeds` returns, by method.

    Returns:
        The names of the recommended method, of the one with the highest median and of the second,
        their numbers, and `overlapping`: how many other methods accuracy cannot tell apart.
    """
    ranked = sorted(results, key=lambda m: -results[m]["test_accuracy"])
    floor = min(results[ranked[0]]["test_accuracies"])
    tied = [m for m in ranked if max(results[m]["test_accuracies"]) >= floor]
    chosen = min(tied, key=lambda m: _distance(results[m]["kept"]))
    return {
        "method": NAMES[chosen],
        "test_accuracy": results[chosen]["test_accuracy"],
        "kept": results[chosen]["kept"],
        "highest": NAMES[ranked[0]],
        "highest_accuracy": results[ranked[0]]["test_accuracy"],
        "runner_up": NAMES[ranked[1]],
        "margin_points": 100
        * (results[ranked[0]]["test_accuracy"] - results[ranked[1]]["test_accuracy"]),
        "overlapping": len(tied) - 1,
    }


def _distance(kept: float) -> float:
    """How far a ratio is from 1, as a factor."""
    return abs(np.log(kept)) if kept > 0 else np.inf
