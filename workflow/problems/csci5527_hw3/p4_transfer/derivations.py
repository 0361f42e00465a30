"""CSCI 5527 HW 3, problem 4: the equalities that the chapter states, each held to a reference.

Letters as in the chapter: n_k images of class k of n, weights w_k = n / (2 n_k), score z the logit
of pneumonia minus that of a normal lung, π the share of the ill, A the maps of the last block.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from sklearn import metrics
from torch.nn import functional

from problems.csci5527_hw3.p4_transfer import binary_metrics
from problems.csci5527_hw3.p4_transfer.finetune import class_weights, update_average
from problems.csci5527_hw3.p4_transfer.gradcam import evidence
from problems.csci5527_hw3.p4_transfer.images import LEVEL, SPREAD, standardized
from proofsheet.checks import derivation_check, equality_check, relative_error
from proofsheet.learning.squeezenet import (
    DEVIATION,
    MEAN,
    SqueezeNet,
    gray_stem,
    load_blocks,
    random_state,
)


def mean_of_class_means(losses: np.ndarray, y: np.ndarray) -> float:
    """The mean of the mean losses of both classes."""
    return float(np.mean([losses[y == k].mean() for k in (0, 1)]))


@equality_check(
    "with w_k = n/(2 n_k) the weighted mean loss is the mean of the two classes' mean losses",
    trials=50,
)
def weights_make_classes_equal(rng, formula=mean_of_class_means):
    y = np.append([0, 1], rng.random(30) < rng.uniform(0.1, 0.9)).astype(int)
    z = torch.tensor(rng.normal(0, 2, (len(y), 2)))
    target, weights = torch.tensor(y), torch.tensor(class_weights(y))
    losses = functional.cross_entropy(z, target, reduction="none").numpy()
    return formula(losses, y), functional.cross_entropy(z, target, weight=weights).item(), 1


def weighted_error_signal(z: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """∂L/∂z_i = w_{y_i} (σ(z_i) − y_i) / Σ_j w_{y_j} of the score z = z₁ − z₀."""
    return weights[y] * (1 / (1 + np.exp(-z)) - y) / weights[y].sum()


@equality_check("∂L/∂z_i = w_{y_i} (σ(z_i) − y_i) / Σ_j w_{y_j}", method="autograd")
def weighted_gradient(rng, formula=weighted_error_signal):
    z, y = rng.normal(0, 3, 16), rng.integers(0, 2, 16)
    weights = rng.uniform(0.2, 4, 2)
    score = torch.tensor(z, requires_grad=True)
    logits = torch.stack([torch.zeros_like(score), score], dim=1)
    functional.cross_entropy(logits, torch.tensor(y), weight=torch.tensor(weights)).backward()
    return formula(z, y, weights), score.grad.numpy()


def shifted_log_odds(p: float, weights: np.ndarray) -> float:
    """log p/(1 − p) + log w₁/w₀."""
    return float(np.log(p / (1 - p)) + np.log(weights[1] / weights[0]))


@equality_check(
    "the weighted expected loss of an image that is ill with probability p is least at"
    " z = log p/(1−p) + log w₁/w₀",
    trials=50,
    tolerance=1e-6,
)
def weights_shift_the_score(rng, formula=shifted_log_odds):
    p, weights = float(rng.uniform(0.05, 0.95)), rng.uniform(0.3, 3, 2)

    def risk(z: float) -> float:
        ill, healthy = weights[1] * p, weights[0] * (1 - p)
        return ill * np.logaddexp(0, -z) + healthy * np.logaddexp(0, z)

    return formula(p, weights), minimize_scalar(risk, (-5, 5), tol=1e-14).x, 1


def even_odds(p: float, share: float) -> float:
    """Log-odds of an image among equally many ill and healthy, if p is right at `share` ill."""
    return float(np.log(p / (1 - p)) - np.log(share / (1 - share)))


@equality_check(
    "with w_k = 1/(2 π_k) the best score is the log-odds under even shares of both classes",
    tolerance=1e-10,
)
def weighted_score_is_for_even_shares(rng, formula=even_odds):
    share = float(rng.uniform(0.1, 0.9))
    healthy, ill = rng.uniform(0.05, 2, 2)  # densities of one image in the two classes
    p = share * ill / (share * ill + (1 - share) * healthy)
    return formula(p, share), np.log(ill / healthy), 1


def channels_in_one(weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Σ_c w_c / s_c and b − Σ_c (m_c / s_c) Σ w_c."""
    return gray_stem(weight, bias)


@equality_check(
    "on three equal normalized channels the first convolution is one with Σ_c w_c/s_c and"
    " b − Σ_c (m_c/s_c) Σ w_c",
    trials=30,
)
def gray_needs_one_channel(rng, formula=channels_in_one):
    weight, bias = rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4)
    p = torch.tensor(rng.random((2, 1, 9, 9)))
    mean, deviation = (
        torch.tensor(v, dtype=torch.float64).view(1, 3, 1, 1) for v in (MEAN, DEVIATION)
    )
    expected = functional.conv2d((p - mean) / deviation, *map(torch.tensor, (weight, bias)))
    folded = [torch.tensor(v) for v in formula(weight, bias)]
    return functional.conv2d(p, *folded).numpy(), expected.numpy()


def image_by_image(p: np.ndarray) -> np.ndarray:
    """Each image with the same mean and deviation."""
    return standardized(torch.tensor(p)).numpy()


@equality_check(
    "the standardized image of a·p + b is that of p, for every a > 0 and b",
    trials=50,
    tolerance=1e-9,
)
def exposure_cancels(rng, formula=image_by_image):
    p = rng.random((2, 1, 8, 8))
    a, b = rng.uniform(0.2, 5), rng.normal()
    axes = {"axis": (1, 2, 3), "keepdims": True}
    expected = LEVEL + SPREAD * (p - p.mean(**axes)) / p.std(**axes)
    return formula(a * p + b), expected


def geometric_weights(steps: int, past: float) -> np.ndarray:
    """Weights of θ₀ … θ_T in the average after T steps: β^T, then (1 − β) β^(T − t)."""
    later = (1 - past) * past ** (steps - np.arange(1, steps + 1))
    return np.append(past**steps, later)


@derivation_check(
    claim="θ̄_T = β^T θ₀ + (1 − β) Σ_t β^(T−t) θ_t, weights that add up to 1",
    method="reference",
    trials=30,
    tolerance=1e-12,
)
def average_forgets_geometrically(rng, formula=geometric_weights):
    steps, past = int(rng.integers(2, 30)), float(rng.uniform(0.5, 0.99))
    path = rng.normal(size=(steps + 1, 3))
    average, model = (torch.nn.Linear(3, 1, bias=False).double() for _ in range(2))
    average.weight.data = torch.tensor(path[:1])
    for theta in path[1:]:
        model.weight.data = torch.tensor(theta[None])
        update_average(average, model, past)
    weights = formula(steps, past)
    error = relative_error(weights @ path, average.weight.detach().numpy()[0])
    return max(error, abs(weights.sum() - 1))


def pairs_in_order(scores: np.ndarray, ill: np.ndarray) -> float:
    """Share of pairs of an ill and a healthy one in which the ill one scores higher, ties half."""
    difference = scores[ill][:, None] - scores[~ill][None]
    return float(((difference > 0) + 0.5 * (difference == 0)).mean())


def _scored(rng: np.random.Generator, n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Scores with ties, and who is ill."""
    ill = np.append([True, False], rng.random(n - 2) < rng.uniform(0.2, 0.8))
    return np.round(rng.normal(size=n) + ill, 1), ill


@equality_check(
    "the area under the ROC curve is P(z of an ill one > z of a healthy one) + P(equal)/2"
)
def area_is_a_probability(rng, formula=pairs_in_order):
    scores, ill = _scored(rng)
    return (
        (formula(scores, ill), formula(scores, ill)),
        (metrics.roc_auc_score(ill, scores), float(binary_metrics.auc(scores, ill))),
        1,
    )


def sum_of_steps(scores: np.ndarray, ill: np.ndarray) -> float:
    """Σ_t (R_t − R_{t−1}) P_t over the distinct scores from high to low."""
    return float(binary_metrics.average_precision(scores, ill))


@equality_check("average precision = Σ_t (R_t − R_{t−1}) P_t")
def precision_over_recall(rng, formula=sum_of_steps):
    scores, ill = _scored(rng)
    return formula(scores, ill), metrics.average_precision_score(ill, scores), 1


def from_rates(share: float, sensitivity: float, specificity: float) -> float:
    """Accuracy: π · sensitivity + (1 − π) · specificity."""
    return share * sensitivity + (1 - share) * specificity


@equality_check(
    "accuracy = π·sensitivity + (1 − π)·specificity; balanced accuracy is that for π = 1/2"
)
def accuracy_of_the_rates(rng, formula=from_rates):
    scores, ill = _scored(rng)
    threshold = float(rng.normal(0.5))
    called = scores >= threshold
    rates = metrics.recall_score(ill, called), metrics.recall_score(~ill, ~called)
    mine = binary_metrics.measures(scores, ill, threshold)
    return (
        (
            formula(float(ill.mean()), *rates),
            formula(0.5, *rates),
            float(mine["accuracy"]),
            float(mine["balanced_accuracy"]),
        ),
        (
            metrics.accuracy_score(ill, called),
            metrics.balanced_accuracy_score(ill, called),
            metrics.accuracy_score(ill, called),
            metrics.balanced_accuracy_score(ill, called),
        ),
        1,
    )


def slope_in_the_share(sensitivity: float, specificity: float) -> float:
    """d accuracy / dπ: 0 where both rates are equal."""
    return sensitivity - specificity


@equality_check(
    "d accuracy/dπ = sensitivity − specificity: where they are equal, the share of the ill"
    " does not matter",
    method="finite-difference",
    tolerance=1e-8,
)
def equal_rates_ignore_the_share(rng, formula=slope_in_the_share):
    rates, share, step = rng.random(2), float(rng.uniform(0.2, 0.8)), 1e-3
    slope = (from_rates(share + step, *rates) - from_rates(share - step, *rates)) / (2 * step)
    return formula(*rates), slope, 1


def weighted_last_maps(maps: np.ndarray, head: np.ndarray) -> np.ndarray:
    """Σ_c (u_1c − u_0c) A_c / (H W), for a head u (2, c) on the mean of the maps (b, c, H, W)."""
    _, _, height, width = maps.shape
    return np.einsum("c,bchw->bhw", head[1] - head[0], maps) / (height * width)


@equality_check(
    "after a mean over the map and a linear head Grad-CAM is Σ_c u_c A_c / (HW), and its sum"
    " over the map is the score without the bias",
    method="autograd",
    trials=3,
    tolerance=1e-10,
)
def grad_cam_sums_the_maps(rng, formula=weighted_last_maps):
    model = SqueezeNet(blocks=3).double()
    load_blocks(model, random_state(int(rng.integers(2**31))))
    with torch.no_grad():
        for parameter in model.head.parameters():
            parameter.copy_(torch.tensor(rng.normal(size=tuple(parameter.shape))))
    x = torch.tensor(rng.random((2, 1, 40, 40)))
    found = evidence(model, x)
    with torch.no_grad():
        maps, logits = model.run(x).numpy(), model(x).numpy()
    head = model.head.weight.detach().numpy()
    bias = np.diff(model.head.bias.detach().numpy())
    mine = formula(maps, head)
    score = logits[:, 1] - logits[:, 0] - bias
    return (mine, mine.sum(axis=(1, 2))), (found.numpy(), score)


def loss_by_rates(
    before: tuple[float, float, float], after: tuple[float, float, float]
) -> tuple[float, float, float]:
    """π'·Δsensitivity, (1 − π')·Δspecificity and Δπ·(sensitivity − specificity) before."""
    (share, sensitivity, specificity), (later, new_sensitivity, new_specificity) = before, after
    return (
        later * (new_sensitivity - sensitivity),
        (1 - later) * (new_specificity - specificity),
        (later - share) * (sensitivity - specificity),
    )


@equality_check(
    "Δaccuracy = π'·Δsensitivity + (1 − π')·Δspecificity + Δπ·(sensitivity − specificity)"
)
def gap_in_three_parts(rng, formula=loss_by_rates):
    before, after = rng.random(3), rng.random(3)
    change = from_rates(*after) - from_rates(*before)
    return sum(formula(tuple(before), tuple(after))), change, 1
