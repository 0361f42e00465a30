"""CSCI 5527 HW 3, problem 4: the equalities that the chapter states.

Letters as in the chapter: n_k images of class k of n, weights w_k = n / (2 n_k), score z the logit
of pneumonia minus that of a normal lung, π the share of the ill, A the maps of the last block.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.csci5527_hw3.p4_transfer.finetune import class_weights
from problems.csci5527_hw3.p4_transfer.images import LEVEL, SPREAD
from proofsheet.checks import exact_check
from proofsheet.exact import derivative, number
from proofsheet.learning.squeezenet import DEVIATION, MEAN, gray_stem


@exact_check(
    "With w_k = n/(2 n_k) the weighted mean loss Σ w_y ℓ / Σ w_y is the mean of the two classes'"
    " mean losses, for one to six images of each class"
)
def weights_make_classes_equal(
    draw, formula=lambda losses, y: (losses[y == 0].mean() + losses[y == 1].mean()) / 2
):
    found, expected = [], []
    for healthy in range(1, 7):
        y = draw.rng.permutation([0] * healthy + [1] * (7 - healthy))
        losses, weights = draw(7), np.array([number(w) for w in class_weights(y)])[y]
        found.append(formula(losses, y))
        expected.append(np.sum(weights * losses) / np.sum(weights))
    return found, expected


def shifted_odds(p: float, weights: np.ndarray) -> float:
    """p/(1 − p) · w₁/w₀."""
    return p / (1 - p) * weights[1] / weights[0]


@exact_check(
    "The weighted expected loss of an image that is ill with probability p has the slope 0 at"
    " e^z = p/(1−p) · w₁/w₀, and everywhere the curvature (w₁p + w₀(1−p)) e^z/(1 + e^z)² > 0"
)
def weights_shift_the_score(draw, formula=shifted_odds):
    z, p, healthy = draw.logits(), draw(), draw()
    odds = np.exp(z)
    # Of the five numbers one follows from the others: here w₁.
    ill = odds * healthy * (1 - p) / p

    def risk(z: Any) -> Any:
        return ill * p * np.log(1 + np.exp(-z)) + healthy * (1 - p) * np.log(1 + np.exp(z))

    curvature = (ill * p + healthy * (1 - p)) * odds / (1 + odds) ** 2
    found = [formula(p, [healthy, ill]), derivative(risk, z, 1), derivative(risk, z, 1, order=2)]
    return found, [odds, 0, curvature]


@exact_check(
    "With w_k = 1/(2 π_k) the best score is the log-odds under equal shares of both classes: its"
    " e^z is the quotient of their densities"
)
def weighted_score_is_for_even_shares(
    draw, formula=lambda p, share: p / (1 - p) * (1 - share) / share
):
    share, healthy, ill = draw(), draw(), draw()  # densities of one image in the two classes
    p = share * ill / (share * ill + (1 - share) * healthy)
    weighted = shifted_odds(p, [1 / (2 * (1 - share)), 1 / (2 * share)])
    return [formula(p, share)] * 2, [ill / healthy, weighted]


@exact_check(
    "On three equal normalized channels the first convolution is one with Σ_c w_c/s_c and"
    " b − Σ_c (m_c/s_c) Σ w_c, for 3 × 3 and 4 × 4 pixels"
)
def gray_needs_one_channel(draw, formula=gray_stem):
    weight, bias, p = draw(2, 3, 3, 3), draw(2), draw(4, 4)
    channels = np.array([(p - m) / s for m, s in zip(MEAN, DEVIATION, strict=True)])
    return convolved(p[None], *formula(weight, bias)), convolved(channels, weight, bias)


def convolved(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Σ_c w_c ⋆ x_c + b where the filters fit: x (c, h, w), weight (o, c, k, k), bias (o,)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(1, 2))
    return np.einsum("chwij,ocij->ohw", windows, weight) + bias[:, None, None]


def same_mean_and_deviation(p: np.ndarray) -> np.ndarray:
    """An image (n,) with the mean `LEVEL` and the deviation `SPREAD`."""
    return LEVEL + SPREAD * (p - p.mean()) / np.sqrt(np.mean((p - p.mean()) ** 2))


@exact_check("The standardized image of a·p + b is that of p, for every a > 0 and b, for 6 pixels")
def exposure_cancels(draw, formula=same_mean_and_deviation):
    p, a, b = draw(6), draw.positive(), draw()
    centered = p - np.sum(p) / 6
    return formula(a * p + b), LEVEL + SPREAD * centered / np.sqrt(np.sum(centered**2) / 6)


def weighted_last_maps(maps: np.ndarray, head: np.ndarray) -> np.ndarray:
    """Σ_c (u_1c − u_0c) A_c / (H W), for a head u (2, c) on the mean of the maps (c, H, W)."""
    _, height, width = maps.shape
    return np.einsum("c,chw->hw", head[1] - head[0], maps) / (height * width)


@exact_check(
    "After a mean over the map and a linear head Grad-CAM is Σ_c u_c A_c / (HW), and its sum"
    " over the map is the score without the bias, for three maps of 2 × 3 places"
)
def grad_cam_sums_the_maps(draw, formula=weighted_last_maps):
    maps, head, bias = draw(3, 2, 3), draw(2, 3), draw(2)

    def score(maps: np.ndarray) -> Any:
        logits = head @ maps.mean(axis=(1, 2)) + bias
        return logits[1] - logits[0]

    # Grad-CAM's weights are the means of ∂score/∂A_cij over the places of map c.
    channels = np.eye(3, dtype=int)[:, :, None, None] + np.zeros((2, 3), dtype=int)
    weights = [derivative(score, maps, one) / 6 for one in channels]
    cam = np.sum([w * a for w, a in zip(weights, maps, strict=True)], axis=0)
    mine = formula(maps, head)
    return [mine, mine.sum()], [cam, score(maps) - (bias[1] - bias[0])]
