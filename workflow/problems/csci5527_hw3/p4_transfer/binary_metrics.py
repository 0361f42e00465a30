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
        "accuracy": metrics.accuracy_score(ill, called),
        "balanced_accuracy": metrics.balanced_accuracy_score(ill, called),
        "sensitivity": metrics.recall_score(ill, called),
        "specificity": metrics.recall_score(~ill, ~called),
        "auc": metrics.roc_auc_score(ill, scores),
        "average_precision": metrics.average_precision_score(ill, scores),
    }


def accuracy_interval(right: np.ndarray, patient: np.ndarray, *, seed: int) -> tuple[float, float]:
    """The middle 95 % of the bootstrap distribution of an accuracy, from 2,000 draws.

    The pictures of one patient are alike, so patients are drawn and not images.

    Args:
        right: (n,) whether each image is answered correctly, or the share of networks that do so.
        patient: (n,).
    """
    names, of = np.unique(patient, return_inverse=True)
    even = np.full(len(names), 1 / len(names))
    # How often each image is drawn, with all others of its patient.
    weights = np.random.default_rng(seed).multinomial(len(names), even, 2000)[:, of]
    low, high = np.quantile((weights * right).sum(axis=1) / weights.sum(axis=1), (0.025, 0.975))
    return float(low), float(high)
