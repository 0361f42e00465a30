"""How well a classifier does: everything is read off its confusion matrix.

`C[k, l]` counts the rows of class k that were called l. Accuracy, recall and F1 are functions of
`C`, and so is their bootstrap distribution: drawing n rows with replacement draws C* from the
multinomial distribution with n trials and probabilities C / n, whatever the classifier. A
thousand resamples are one call, and no prediction is touched again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np


def confusion_matrix(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Count the pairs (true class, predicted class).

    Args:
        truth, predicted: (n,) integers in [0, classes).
        classes: number of classes K; a class that does not occur keeps its row and column.

    Returns:
        (K, K) integers: rows are true classes, columns predicted ones.
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.shape != predicted.shape:
        raise ValueError(f"{truth.shape} labels for {predicted.shape} predictions")
    return np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes)


def share(hits: np.ndarray) -> float:
    """The mean of truth values; NaN of none."""
    return float(np.mean(hits)) if len(hits) else math.nan


def accuracy(confusion: np.ndarray) -> Any:
    """Share of the rows on the diagonal; `confusion` is (..., K, K), the result (...)."""
    return np.trace(confusion, axis1=-2, axis2=-1) / confusion.sum(axis=(-2, -1))


def recall(confusion: np.ndarray) -> np.ndarray:
    """Per class, the share of its rows that were found: (..., K, K) to (..., K); 0 for 0 / 0."""
    found = np.diagonal(confusion, axis1=-2, axis2=-1)
    return found / np.maximum(confusion.sum(axis=-1), 1)


def f1(confusion: np.ndarray) -> np.ndarray:
    """Per class, 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall; 0 for 0 / 0.

    The denominator is the number of rows that are of the class plus the number that are called it.
    """
    found = np.diagonal(confusion, axis1=-2, axis2=-1)
    return 2 * found / np.maximum(confusion.sum(axis=-1) + confusion.sum(axis=-2), 1)


def macro_f1(confusion: np.ndarray) -> Any:
    """Mean of the classes' F1, each class with the same weight: (..., K, K) to (...)."""
    return f1(confusion).mean(axis=-1)


def bootstrap_interval(
    counts: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile bootstrap interval of a statistic of counts (Efron and Tibshirani 1993, ch. 13).

    Args:
        counts: integers of any shape that classify n rows, for instance a confusion matrix.
        statistic: maps (resamples, *counts.shape) to (resamples,).
        level: share of the bootstrap distribution inside the interval.
    """
    counts = np.asarray(counts)
    n = int(counts.sum())
    draws = np.random.default_rng(seed).multinomial(n, counts.ravel() / n, size=resamples)
    values = statistic(draws.reshape(resamples, *counts.shape))
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def summary(confusion: np.ndarray, names: Sequence[str], *, seed: int = 0) -> dict[str, Any]:
    """What a chapter says about one classifier on one test set.

    Args:
        confusion: (K, K) counts.

    Returns:
        Accuracy and macro F1 with their 95 % intervals, recall and F1 per class, the class that
        is found least often and the most frequent mistake.
    """
    recalls, mistakes = recall(confusion), confusion - np.diag(np.diag(confusion))
    hardest = int(recalls.argmin())
    true, called = np.unravel_index(mistakes.argmax(), mistakes.shape)
    low, high = bootstrap_interval(confusion, accuracy, seed=seed)
    f1_low, f1_high = bootstrap_interval(confusion, macro_f1, seed=seed)
    return {
        "test_accuracy": float(accuracy(confusion)),
        "test_interval": {"low": low, "high": high},
        "test_errors": int(mistakes.sum()),
        "macro_f1": float(macro_f1(confusion)),
        "macro_f1_interval": {"low": f1_low, "high": f1_high},
        "recall": {name: float(value) for name, value in zip(names, recalls, strict=True)},
        "f1": {name: float(value) for name, value in zip(names, f1(confusion), strict=True)},
        "hardest": {"name": names[hardest], "recall": float(recalls[hardest])},
        "easiest": {"name": names[int(recalls.argmax())], "recall": float(recalls.max())},
        "top_mistake": {
            "actual": names[true],
            "called": names[called],
            "count": int(mistakes[true, called]),
            # Both directions between the two classes, as a share of all mistakes.
            "pair_share": float(
                (mistakes[true, called] + mistakes[called, true]) / max(mistakes.sum(), 1)
            ),
        },
    }


def paired_difference(
    truth: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    *,
    seed: int = 0,
) -> dict[str, Any]:
    """Accuracy of `second` minus accuracy of `first` on the same rows, with its 95 % interval.

    Rows that both get right or both get wrong cancel: resampling the 2×2 table of who is right
    keeps the pairing, and makes the interval narrower than that of two independent accuracies.

    Args:
        truth, first, second: (n,) classes and the two predictions of them.
    """
    right = confusion_matrix((first == truth).astype(int), (second == truth).astype(int), 2)
    low, high = bootstrap_interval(right, _gain, seed=seed)
    return {
        "difference": float(_gain(right)),
        "interval": {"low": low, "high": high},
        "both_right": int(right[1, 1]),
        "both_wrong": int(right[0, 0]),
        "first_only": int(right[1, 0]),
        "second_only": int(right[0, 1]),
        "either_wrong": int(right.sum() - right[1, 1]),
        "shared": float(right[0, 0] / max(right.sum() - right[1, 1], 1)),
    }


def over_splits(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The same classifier's results on several splits: lists in the order of `runs`, and means.

    Args:
        runs: one mapping per split, with what `summary` returns and `validation_accuracy`.
    """
    accuracies = [run["test_accuracy"] for run in runs]
    deviation = np.std(accuracies, ddof=1) if len(runs) > 1 else 0
    return {
        "splits": len(runs),
        "test_accuracies": accuracies,
        "macro_f1s": [run["macro_f1"] for run in runs],
        "validation_accuracies": [run["validation_accuracy"] for run in runs],
        "mean_test_accuracy": float(np.mean(accuracies)),
        "deviation_test_accuracy": float(deviation),
    }


def overfitting(validation_loss: Sequence[float]) -> dict[str, Any]:
    """Where a validation loss (one value per epoch) is lowest, and how it ends."""
    return {
        "lowest": float(min(validation_loss)),
        "lowest_epoch": int(np.argmin(validation_loss)) + 1,
        "last": float(validation_loss[-1]),
    }


def _gain(right: np.ndarray) -> Any:
    """Second accuracy minus first, from counts (..., 2, 2) of `[first right, second right]`."""
    return (right[..., 0, 1] - right[..., 1, 0]) / right.sum(axis=(-2, -1))
