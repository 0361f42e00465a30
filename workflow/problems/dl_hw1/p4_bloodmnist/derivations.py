"""Deep Learning HW 1, problem 4: the equalities that the chapter states, each held to a reference.

Letters as in the chapter: z are logits, p = softmax(z), y a class, s = 1/T, C a confusion matrix.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch
from sklearn import metrics
from torch.nn import functional

from problems.dl_hw1.p4_bloodmnist.calibration import (
    expected_calibration_error,
    inverse_temperature_derivative,
)
from proofsheet.checks import (
    autograd_check,
    bound_check,
    derivation_check,
    equality_check,
    relative_error,
)
from proofsheet.learning.classification import accuracy, confusion_matrix, f1, recall
from proofsheet.learning.loop import parameter_count, perceptron


def softmax(z: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    p = np.exp(z - z.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def counted_parameters(sizes: tuple[int, ...]) -> int:
    """Weights and biases of fully connected layers: Σ (d_in + 1) d_out."""
    return sum((a + 1) * b for a, b in itertools.pairwise(sizes))


@equality_check(
    "a perceptron of widths d₀ … d_L has Σ (d_{l−1} + 1) d_l parameters", trials=20, tolerance=0
)
def parameters_of_layers(rng, formula=counted_parameters):
    sizes = tuple(int(width) for width in rng.integers(1, 40, rng.integers(2, 6)))
    return formula(sizes), parameter_count(perceptron(sizes)), 1


def softmax_minus_target(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∂ℓ/∂z of the mean cross-entropy: (p − e_y) / n, for logits (n, K) and classes (n,)."""
    return (softmax(z) - np.eye(z.shape[1])[y]) / len(y)


@autograd_check("∂ℓ/∂z = softmax(z) − e_y for ℓ = −log softmax(z)_y, averaged over the batch")
def cross_entropy_gradient(rng, formula=softmax_minus_target):
    z, y = 4 * rng.standard_normal((16, 8)), rng.integers(0, 8, 16)
    return formula(z, y), lambda z: functional.cross_entropy(z, torch.tensor(y)), z


def twice_the_missing_probability(z: np.ndarray, y: int) -> float:
    """‖p − e_y‖₁ = 2 (1 − p_y)."""
    return 2 * (1 - softmax(z)[y])


@equality_check("‖p − e_y‖₁ = 2 (1 − p_y)")
def size_of_the_error_signal(rng, formula=twice_the_missing_probability):
    z, y = 4 * rng.standard_normal(8), int(rng.integers(8))
    return formula(z, y), float(np.abs(softmax(z) - np.eye(8)[y]).sum()), 1


def pulled_by(x: np.ndarray, sign: float, rate: float) -> float:
    """What Adam's first step adds to wᵀx + b if the error signal has one sign: −α s (‖x‖₁ + 1)."""
    return -rate * sign * (np.abs(x).sum() + 1)


@equality_check(
    "where inputs are positive and a unit's error signal has one sign s over the batch,"
    " Adam's first step changes its pre-activation of any x by −α s (‖x‖₁ + 1)",
    trials=50,
    tolerance=1e-5,
)
def first_step_of_a_unit(rng, formula=pulled_by):
    batch, x, rate = rng.uniform(0.1, 1, (16, 40)), rng.uniform(0, 1, 40), rng.uniform(1e-4, 1e-2)
    sign = rng.choice((-1.0, 1.0))
    signal = torch.tensor(sign * rng.uniform(0.1, 1, 16))
    unit = torch.nn.Linear(40, 1, dtype=torch.float64)
    before = unit(torch.tensor(x)).item()
    # A loss whose derivative by the pre-activation of row n is the signal of row n.
    (unit(torch.tensor(batch))[:, 0] * signal).sum().backward()
    torch.optim.Adam(unit.parameters(), lr=rate).step()
    return formula(x, sign, rate), unit(torch.tensor(x)).item() - before


def least_margin(confidence: float) -> float:
    """Lead of the largest logit over any other that a confidence implies: log(c / (1 − c))."""
    return math.log(confidence / (1 - confidence))


@bound_check(
    "max p > c implies that the largest logit leads every other by more than log c/(1 − c)",
    trials=200,
    tolerance=1e-9,
)
def confidence_is_a_margin(rng, formula=least_margin):
    z = rng.uniform(0.5, 2) * rng.standard_normal(int(rng.integers(2, 9)))
    ordered = np.sort(z)[::-1]
    # The bound holds for every c below the confidence, hence at the confidence itself.
    margin = ordered[0] - ordered[1]
    # It is sharp: with two classes it is an equality.
    pair = softmax(ordered[:2])
    return formula(float(softmax(z).max())), margin, formula(float(pair[0])), margin


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


def weighted_recall(confusion: np.ndarray) -> float:
    """Σ_k π_k recall_k with the class frequencies π."""
    return float((confusion.sum(axis=1) / confusion.sum() * recall(confusion)).sum())


@equality_check("accuracy is the mean of the recalls, weighted with the class frequencies")
def accuracy_weights_recalls(rng, formula=weighted_recall):
    confusion = rng.integers(0, 50, (8, 8)) + np.diag(rng.integers(1, 200, 8))
    return formula(confusion), float(accuracy(confusion)), 1


def error_by_loop(confidence: np.ndarray, correct: np.ndarray, bins: int) -> float:
    """The definition, bin by bin and row by row."""
    total = 0.0
    for b in range(bins):
        rows = [
            i
            for i, c in enumerate(confidence)
            if b / bins < c <= (b + 1) / bins or (b == 0 and c == 0)
        ]
        if rows:
            sure = sum(confidence[i] for i in rows) / len(rows)
            right = sum(bool(correct[i]) for i in rows) / len(rows)
            total += len(rows) / len(confidence) * abs(right - sure)
    return total


@equality_check("ECE = Σ_b |B_b| / n · |acc(B_b) − conf(B_b)|", trials=50)
def calibration_error_of_bins(rng, formula=expected_calibration_error):
    n, bins = int(rng.integers(5, 80)), int(rng.integers(2, 20))
    confidence, correct = rng.uniform(0, 1, n), rng.random(n) < 0.7
    return formula(confidence, correct, bins), error_by_loop(confidence, correct, bins), 1


def overall_gap(confidence: np.ndarray, correct: np.ndarray) -> float:
    """|accuracy − mean confidence| of all rows."""
    return abs(float(correct.mean()) - float(confidence.mean()))


@bound_check(
    "|accuracy − mean confidence| ≤ ECE, with equality where every bin errs to one side",
)
def gap_below_calibration_error(rng, formula=overall_gap):
    confidence = rng.uniform(0.2, 1, 60)
    correct = rng.random(60) < confidence ** rng.uniform(0.3, 3)
    error = expected_calibration_error(confidence, correct, 10)
    one_sided = rng.uniform(0.5, 0.9, 60), np.zeros(60, dtype=bool)  # every bin is too sure
    equal = expected_calibration_error(*one_sided, 10)
    return formula(confidence, correct), error, formula(*one_sided), equal


def tempered(z: np.ndarray, temperature: float) -> np.ndarray:
    """softmax(z / T)."""
    return softmax(z / temperature)


@derivation_check(
    claim="softmax(z / T) ranks the classes as softmax(z) does, for every T > 0",
    method="reference",
    trials=100,
    tolerance=0,
)
def temperature_keeps_the_order(rng, formula=tempered):
    z = rng.standard_normal((20, 8))
    order = np.argsort(z, axis=1)
    return float(
        sum(
            (np.argsort(formula(z, temperature), axis=1) != order).sum()
            for temperature in np.geomspace(0.1, 20, 25)
        )
    )


def _likelihood(s: torch.Tensor, z: np.ndarray, y: np.ndarray) -> torch.Tensor:
    return functional.cross_entropy(s * torch.tensor(z), torch.tensor(y))


@autograd_check("dL/ds = mean of E_p[z] − z_y, for L(s) the mean of −log softmax(s z)_y")
def slope_in_inverse_temperature(rng, formula=inverse_temperature_derivative):
    z, y, s = 3 * rng.standard_normal((12, 8)), rng.integers(0, 8, 12), float(rng.uniform(0.1, 3))
    return formula(s, z, y), lambda s: _likelihood(s, z, y), s


def mean_variance(s: float, z: np.ndarray, y: np.ndarray) -> float:
    """Mean over the rows of Var_p(z) = E_p[z²] − E_p[z]², p = softmax(s z)."""
    p = softmax(s * z)
    return float(((p * z**2).sum(axis=1) - (p * z).sum(axis=1) ** 2).mean())


@derivation_check(
    claim="d²L/ds² = mean of Var_p(z) ≥ 0: the likelihood is convex in 1/T",
    method="autograd",
    trials=100,
    tolerance=1e-10,
)
def curvature_is_a_variance(rng, formula=mean_variance):
    z, y, s = 3 * rng.standard_normal((12, 8)), rng.integers(0, 8, 12), float(rng.uniform(0.1, 3))
    at = torch.tensor(s, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(_likelihood(at, z, y), at, create_graph=True)
    (curvature,) = torch.autograd.grad(slope, at)
    return max(relative_error(formula(s, z, y), curvature.item()), -curvature.item())


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
