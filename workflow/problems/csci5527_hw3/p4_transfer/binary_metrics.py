"""How well a score finds the ill, and an interval for the accuracy that draws whole patients."""

from __future__ import annotations

import numpy as np
from sklearn import metrics


def measures(scores: np.ndarray, ill: np.ndarray) -> dict[str, float]:
    """Accuracy, rates, AUC and average precision; a score of at least 0 calls an image ill.

    Args:
        scores: (n,) log-odds, larger for the ill.
        ill: (n,) truth values, of both kinds.
    """
    called = scores >= 0
    return {
        "accuracy": float(metrics.accuracy_score(ill, called)),
        "balanced_accuracy": float(metrics.balanced_accuracy_score(ill, called)),
        "sensitivity": float(metrics.recall_score(ill, called)),
        "specificity": float(metrics.recall_score(~ill, ~called)),
        "auc": float(metrics.roc_auc_score(ill, scores)),
        "average_precision": float(metrics.average_precision_score(ill, scores)),
    }


def resamples(patient: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Weights (count, n) of images whose patients are drawn with replacement."""
    _, of = np.unique(patient, return_inverse=True)
    patients = int(of.max()) + 1
    draws = np.random.default_rng(seed).multinomial(
        patients, np.full(patients, 1 / patients), count
    )
    return draws[:, of]


def accuracy_interval(
    right: np.ndarray, patient: np.ndarray, *, seed: int, count: int = 2000
) -> tuple[float, float]:
    """The middle 95 % of the bootstrap distribution of an accuracy.

    The pictures of one patient are alike, so patients are drawn and not images.

    Args:
        right: (n,) whether each image is answered correctly.
        patient: (n,).
    """
    weights = resamples(patient, count, seed)
    low, high = np.quantile((weights * right).sum(axis=1) / weights.sum(axis=1), (0.025, 0.975))
    return float(low), float(high)
