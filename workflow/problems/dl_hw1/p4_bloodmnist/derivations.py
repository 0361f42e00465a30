"""Deep Learning HW 1, problem 4: the formulas of the chapter, each held against a reference.

Letters as in the chapter: z are logits, p = softmax(z), y a class, C a confusion matrix.
"""

from __future__ import annotations

import numpy as np
import torch
from sklearn import metrics
from torch.nn import functional

from proofsheet.checks import (
    autograd_check,
    derivation_check,
    equality_check,
    relative_error,
)
from proofsheet.learning.classification import confusion_matrix, f1, recall


def softmax(z: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    p = np.exp(z - z.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def softmax_minus_target(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∂ℓ/∂z of the mean cross-entropy: (p − e_y) / n, for logits (n, K) and classes (n,)."""
    return (softmax(z) - np.eye(z.shape[1])[y]) / len(y)


@autograd_check("∂ℓ/∂z = softmax(z) − e_y for ℓ = −log softmax(z)_y, averaged over the batch")
def cross_entropy_gradient(rng, formula=softmax_minus_target):
    z, y = 4 * rng.standard_normal((16, 8)), rng.integers(0, 8, 16)
    return formula(z, y), lambda z: functional.cross_entropy(z, torch.tensor(y)), z


def precision_recall_f1(confusion: np.ndarray) -> np.ndarray:
    """C_kk / C_·k, C_kk / C_k· and 2 C_kk / (C_k· + C_·k), (3, K)."""
    return np.stack([recall(confusion.T), recall(confusion), f1(confusion)])


@derivation_check(
    claim="precision = C_kk / C_·k, recall = C_kk / C_k·, F1 = 2 C_kk / (C_k· + C_·k)",
    method="reference",
    trials=100,
    tolerance=1e-12,
)
def read_off_confusion(rng, formula=precision_recall_f1):
    truth = np.concatenate([np.arange(8), rng.integers(0, 8, 92)])
    called = np.where(rng.random(100) < 0.6, truth, rng.integers(0, 8, 100))
    found = metrics.precision_recall_fscore_support(truth, called, labels=range(8), zero_division=0)
    confusion = confusion_matrix(truth, called, 8)
    if (confusion != metrics.confusion_matrix(truth, called, labels=range(8))).any():
        return float("inf")
    return relative_error(formula(confusion), np.stack(found[:3]))


def expected_errors(confidence: np.ndarray) -> tuple[float, float]:
    """Mean and variance of the number of errors if each is one with probability 1 − c."""
    return float((1 - confidence).sum()), float((confidence * (1 - confidence)).sum())


@equality_check(
    "independent errors with probabilities 1 − c_i number Σ (1 − c_i) in the mean, with"
    " variance Σ c_i (1 − c_i)",
    method="exhaustive",
    trials=20,
)
def errors_that_confidence_allows(rng, formula=expected_errors):
    confidence = rng.uniform(0.5, 1, 10)
    distribution = np.array([1.0])  # of the number of errors: every outcome, by convolution
    for c in confidence:
        distribution = np.convolve(distribution, [c, 1 - c])
    numbers = np.arange(len(distribution))
    mean = float(distribution @ numbers)
    variance = float(distribution @ numbers**2) - mean**2
    return formula(confidence), (mean, variance)
