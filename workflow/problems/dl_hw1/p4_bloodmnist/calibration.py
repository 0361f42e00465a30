"""Does a classifier's confidence say how often it is right?

Reliability diagram and expected calibration error (Naeini, Cooper and Hauskrecht 2015), and
temperature scaling (Guo et al. 2017): one number, fitted to rows that were not
trained on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_softmax, softmax


@dataclass(frozen=True)
class Reliability:
    """Predictions in bins of equal width by confidence, each array (B,); empty bins hold 0."""

    edges: np.ndarray
    """(B + 1,) from 0 to 1; a bin includes its upper edge."""
    count: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray


def reliability(confidence: np.ndarray, correct: np.ndarray, bins: int = 15) -> Reliability:
    """Mean confidence and share of right predictions in each bin.

    Args:
        confidence: (n,) in [0, 1].
        correct: (n,) truth values.
        bins: their number B.
    """
    confidence, correct = np.asarray(confidence, float), np.asarray(correct, float)
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    count, sure, right = (
        np.bincount(place, weights, minlength=bins) for weights in (None, confidence, correct)
    )
    some = np.maximum(count, 1)
    return Reliability(np.linspace(0, 1, bins + 1), count, sure / some, right / some)


def expected_calibration_error(
    confidence: np.ndarray, correct: np.ndarray, bins: int = 15
) -> float:
    """Mean of |accuracy − confidence| over the bins, weighted with their counts."""
    found = reliability(confidence, correct, bins)
    gaps = np.abs(found.accuracy - found.confidence)
    return float((found.count * gaps).sum() / found.count.sum())


def negative_log_likelihood(logits: np.ndarray, y: np.ndarray, temperature: float = 1.0) -> float:
    """Mean −log softmax(z / T)_y of logits (n, K) and classes (n,)."""
    return float(-log_softmax(logits / temperature, axis=1)[np.arange(len(y)), y].mean())


def inverse_temperature_derivative(s: float, logits: np.ndarray, y: np.ndarray) -> float:
    """d/ds of the mean −log softmax(s z)_y: the mean of E_p[z] − z_y."""
    p = softmax(s * logits, axis=1)
    return float(((p * logits).sum(axis=1) - logits[np.arange(len(y)), y]).mean())


def fit_temperature(
    logits: np.ndarray, y: np.ndarray, between: tuple[float, float] = (1e-2, 1e2)
) -> float:
    """The temperature with the least negative log-likelihood.

    The likelihood is convex in s = 1/T, so its derivative has at most one zero. Where it has none
    (every row is right, say, and colder is always better) the nearer end of `between` is the best.

    Args:
        logits: (n, K) of rows that were not trained on.
        y: (n,) classes.
        between: smallest and largest temperature.
    """
    low, high = 1 / between[1], 1 / between[0]
    if inverse_temperature_derivative(low, logits, y) >= 0:
        return 1 / low
    if inverse_temperature_derivative(high, logits, y) <= 0:
        return 1 / high
    return 1 / brentq(inverse_temperature_derivative, low, high, args=(logits, y), xtol=1e-12)
