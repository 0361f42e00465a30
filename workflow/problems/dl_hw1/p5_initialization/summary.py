"""Initializations compared over seeds: their accuracies, what trained, and which one to use."""

from __future__ import annotations

from collections.abc import Mapping
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
        arrays: `std` and `gradient` (K, L), `predicted_std` (L,), `epoch_losses` (K, epochs).
    """
    std, predicted = arrays["std"].mean(axis=0), arrays["predicted_std"]
    gradient, last = arrays["gradient"], arrays["gradient"][:, -1:]
    # The zero network has no gradient to compare with: its ratio is 0 as well.
    ratio = np.divide(gradient, last, out=np.zeros_like(gradient), where=last > 0)
    epoch_losses = arrays["epoch_losses"].mean(axis=0)
    below = np.flatnonzero(epoch_losses < np.log(10) / 2)
    return {
        "test_accuracy": np.median(run["test_accuracies"]),
        "test_accuracies": run["test_accuracies"],
        "prediction_error": np.max(np.abs(std - predicted) / np.where(predicted > 0, predicted, 1)),
        "kept": std[-1] / std[0] if std[0] > 0 else 0.0,
        "gradient": ratio.mean(axis=0),
        "final_train_loss": epoch_losses[-1],
        # The first epoch, from 1, with half the loss of a guess; 0 if there is none.
        "halved_epoch": int(below[0]) + 1 if len(below) else 0,
    }


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
    kept = {m: results[m]["kept"] for m in tied}
    chosen = max(tied, key=lambda m: min(kept[m], 1) / max(kept[m], 1))  # nearest to 1, as a factor
    return {
        "method": NAMES[chosen],
        "test_accuracy": results[chosen]["test_accuracy"],
        "kept": kept[chosen],
        "highest": NAMES[ranked[0]],
        "highest_accuracy": results[ranked[0]]["test_accuracy"],
        "runner_up": NAMES[ranked[1]],
        "margin_points": 100
        * (results[ranked[0]]["test_accuracy"] - results[ranked[1]]["test_accuracy"]),
        "overlapping": len(tied) - 1,
    }
