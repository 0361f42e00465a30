"""Deep Learning HW 1, problem 4: the formulas of the chapter, each proved.

Letters as in the chapter: C is a confusion matrix, c_i the confidence in prediction i.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from proofsheet.checks import equality_check, exact_check
from proofsheet.learning.classification import confusion_matrix, f1, recall


def precision_recall_f1(confusion: np.ndarray) -> np.ndarray:
    """C_kk / C_·k, C_kk / C_k· and 2 C_kk / (C_k· + C_·k), (3, K)."""
    return np.stack([recall(confusion.T), recall(confusion), f1(confusion)])


def counted(truth: np.ndarray, called: np.ndarray, k: int) -> tuple[float, float, float]:
    """The same of class k by their definitions, from the labels; 0 for 0/0."""
    right = (truth == k) & (called == k)
    precision, recall = (
        right.sum() / side.sum() if side.any() else 0.0 for side in (called == k, truth == k)
    )
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


@equality_check(
    "precision = C_kk / C_·k, recall = C_kk / C_k·, F1 = 2 C_kk / (C_k· + C_·k), for all labels of"
    " three images of three types",
    method="exhaustive",
    trials=1,
)
def read_off_confusion(rng, formula=precision_recall_f1):
    labels = [np.array(case) for case in product(range(3), repeat=3)]
    pairs = list(product(labels, labels))
    return (
        [formula(confusion_matrix(truth, called, 3)) for truth, called in pairs],
        [np.transpose([counted(truth, called, k) for k in range(3)]) for truth, called in pairs],
    )


def expected_errors(confidence: np.ndarray) -> tuple[float, float]:
    """Mean and variance of the number of errors if each is one with probability 1 − c."""
    return (1 - confidence).sum(), (confidence * (1 - confidence)).sum()


@exact_check(
    "independent errors with probabilities 1 − c_i number Σ (1 − c_i) in the mean, with"
    " variance Σ c_i (1 − c_i)"
)
def errors_that_confidence_allows(draw, formula=expected_errors):
    confidence = draw(5)
    wrong = np.array(list(product((0, 1), repeat=5)))  # every outcome
    probability = np.prod(np.where(wrong, 1 - confidence, confidence), axis=1)
    numbers = wrong.sum(axis=1)
    mean = probability @ numbers
    return formula(confidence), (mean, probability @ numbers**2 - mean**2)
