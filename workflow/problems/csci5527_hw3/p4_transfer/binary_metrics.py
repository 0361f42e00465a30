"""How well a score finds the ill: rates at a threshold, curves over all thresholds, intervals.

Every measure takes weights of the images, one row of them per resample, so that a bootstrap of a
thousand resamples is one call. The bootstrap draws patients and not images: the pictures of one
patient are alike, and count as less than that many independent ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

MEASURES = (
    "accuracy", "balanced_accuracy", "sensitivity", "specificity", "auc", "average_precision",
)  # fmt: skip


def measures(
    scores: np.ndarray, ill: np.ndarray, threshold: float, weights: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Every measure of `MEASURES`; an image is called ill if its score is at least `threshold`.

    Args:
        scores: (n,) larger for the ill.
        ill: (n,) truth values.
        threshold: of the rates; AUC and average precision have none.
        weights: (..., n) how often each image counts; once without them.

    Returns:
        Arrays (...) by name.
    """
    scores, ill = np.asarray(scores, float), np.asarray(ill, bool)
    weights = np.ones(len(scores)) if weights is None else np.asarray(weights, float)
    called = scores >= threshold
    sensitivity = _share(weights * ill, called)
    specificity = _share(weights * ~ill, ~called)
    return {
        "accuracy": _share(weights, called == ill),
        "balanced_accuracy": (sensitivity + specificity) / 2,
        "sensitivity": sensitivity,
        "specificity": specificity,
        "auc": auc(scores, ill, weights),
        "average_precision": average_precision(scores, ill, weights),
    }


def roc(
    scores: np.ndarray, ill: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Thresholds from high to low, and the shares of the healthy and of the ill called ill there.

    Args:
        scores: (n,).
        ill: (n,) truth values.
        weights: (..., n).

    Returns:
        thresholds (t + 1,), the first above all scores; two arrays (..., t + 1) from 0 to 1.
    """
    weights = np.ones(len(scores)) if weights is None else np.asarray(weights, float)
    thresholds, below, above = _counts(np.asarray(scores, float), np.asarray(ill, bool), weights)
    start = np.zeros((*weights.shape[:-1], 1))
    curves = [
        np.concatenate([start, part], axis=-1) / np.maximum(part[..., -1:], 1e-300)
        for part in (below, above)
    ]
    return np.concatenate([[np.inf], thresholds]), curves[0], curves[1]


def auc(scores: np.ndarray, ill: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Area under the ROC curve by trapezoids: P(an ill one scores above a healthy one) + ties/2."""
    _, false, true = roc(scores, ill, weights)
    return (np.diff(false) * (true[..., 1:] + true[..., :-1]) / 2).sum(axis=-1)


def precision_recall(
    scores: np.ndarray, ill: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall (..., t) at the thresholds of `roc`, from high to low."""
    weights = np.ones(len(scores)) if weights is None else np.asarray(weights, float)
    _, below, above = _counts(np.asarray(scores, float), np.asarray(ill, bool), weights)
    precision = above / np.maximum(above + below, 1e-300)
    return precision, above / np.maximum(above[..., -1:], 1e-300)


def average_precision(
    scores: np.ndarray, ill: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Σ (R_t − R_{t−1}) P_t over the thresholds from high to low."""
    precision, recall = precision_recall(scores, ill, weights)
    return (np.diff(recall, axis=-1, prepend=0) * precision).sum(axis=-1)


def resamples(patient: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Weights (count, n) of images whose patients are drawn with replacement."""
    _, of = np.unique(patient, return_inverse=True)
    patients = int(of.max()) + 1
    draws = np.random.default_rng(seed).multinomial(
        patients, np.full(patients, 1 / patients), count
    )
    return draws[:, of]


def assessed(
    scores: np.ndarray,
    ill: np.ndarray,
    threshold: float,
    patient: np.ndarray,
    *,
    seed: int,
    count: int = 2000,
) -> dict[str, Any]:
    """Each measure with the interval that holds the middle 95 % of its bootstrap distribution.

    Returns:
        The measures by name, and in `intervals` for each `low` and `high`.
    """
    ill = np.asarray(ill, bool)
    weights = resamples(patient, count, seed)
    # A resample without any healthy, or any ill, says nothing about rates.
    weights = weights[((weights * ill).sum(1) > 0) & ((weights * ~ill).sum(1) > 0)]
    spread = measures(scores, ill, threshold, weights)
    intervals = {}
    for name, values in spread.items():
        low, high = np.quantile(values, (0.025, 0.975))
        intervals[name] = {"low": float(low), "high": float(high)}
    found = {name: float(value) for name, value in measures(scores, ill, threshold).items()}
    return {**found, "intervals": intervals}


def _counts(
    scores: np.ndarray, ill: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct scores from high to low; weight of the healthy and of the ill at or above each."""
    order = np.argsort(-scores, kind="stable")
    levels = scores[order]
    last = np.flatnonzero(np.append(np.diff(levels) != 0, True))
    below, above = (
        np.cumsum((weights * group)[..., order], axis=-1)[..., last] for group in (~ill, ill)
    )
    return levels[last], below, above


def _share(weights: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return (weights * chosen).sum(axis=-1) / np.maximum(weights.sum(axis=-1), 1e-300)
