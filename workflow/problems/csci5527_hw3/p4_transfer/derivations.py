"""CSCI 5527 HW 3, problem 4: the equalities that the chapter states, each held to a reference.

Letters as in the chapter: n_k images of class k of n, weights w_k = n / (2 n_k), score z the logit
of pneumonia minus that of a normal lung, π the share of the ill, A the maps of the last block.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from torch.nn import functional

from problems.csci5527_hw3.p4_transfer.finetune import class_weights
from problems.csci5527_hw3.p4_transfer.gradcam import evidence
from problems.csci5527_hw3.p4_transfer.images import LEVEL, SPREAD, standardized
from proofsheet.checks import equality_check
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
    "With w_k = n/(2 n_k) the weighted mean loss is the mean of the two classes' mean losses",
    trials=50,
)
def weights_make_classes_equal(rng, formula=mean_of_class_means):
    y = np.append([0, 1], rng.random(30) < rng.uniform(0.1, 0.9)).astype(int)
    z = torch.tensor(rng.normal(0, 2, (len(y), 2)))
    target, weights = torch.tensor(y), torch.tensor(class_weights(y))
    losses = functional.cross_entropy(z, target, reduction="none").numpy()
    return formula(losses, y), functional.cross_entropy(z, target, weight=weights).item(), 1


def shifted_log_odds(p: float, weights: np.ndarray) -> float:
    """log p/(1 − p) + log w₁/w₀."""
    return float(np.log(p / (1 - p)) + np.log(weights[1] / weights[0]))


@equality_check(
    "The weighted expected loss of an image that is ill with probability p is least at"
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
    "With w_k = 1/(2 π_k) the best score is the log-odds under equal shares of both classes",
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
    "On three equal normalized channels the first convolution is one with Σ_c w_c/s_c and"
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
    "The standardized image of a·p + b is that of p, for every a > 0 and b",
    trials=50,
    tolerance=1e-9,
)
def exposure_cancels(rng, formula=image_by_image):
    p = rng.random((2, 1, 8, 8))
    a, b = rng.uniform(0.2, 5), rng.normal()
    axes = {"axis": (1, 2, 3), "keepdims": True}
    expected = LEVEL + SPREAD * (p - p.mean(**axes)) / p.std(**axes)
    return formula(a * p + b), expected


def weighted_last_maps(maps: np.ndarray, head: np.ndarray) -> np.ndarray:
    """Σ_c (u_1c − u_0c) A_c / (H W), for a head u (2, c) on the mean of the maps (b, c, H, W)."""
    _, _, height, width = maps.shape
    return np.einsum("c,bchw->bhw", head[1] - head[0], maps) / (height * width)


@equality_check(
    "After a mean over the map and a linear head Grad-CAM is Σ_c u_c A_c / (HW), and its sum"
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
