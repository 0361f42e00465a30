"""Training on classes of very different size (CS 7643 PS 2, problem 7, extra credit).

The class sizes of the benchmark and the class-balanced weights are those of Cui, Jia, Lin, Song
and Belongie, "Class-balanced loss based on effective number of samples", CVPR 2019; the focal loss
is that of Lin, Goyal, Girshick, He and Dollár, "Focal loss for dense object detection", ICCV 2017.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional

BETA, GAMMA, FACTOR = 0.9999, 1.0, 100.0


def long_tailed_counts(largest: int, classes: int, factor: float = FACTOR) -> np.ndarray:
    """n_k = largest · factor^(−k / (K − 1)), rounded down: (K,) integers, at least 1.

    Args:
        largest: images of class 0.
        classes: K ≥ 2.
        factor: how many times as many images class 0 has as class K − 1.

    Raises:
        ValueError: K < 2, or a factor below 1.
    """
    if classes < 2 or factor < 1:
        raise ValueError(f"{classes} classes, factor {factor}: needs at least 2, and at least 1")
    share = factor ** (-np.arange(classes) / (classes - 1))
    # 45 = 4500 / 100 must not become 44 because the power is below it by one rounding.
    return np.maximum(np.floor(largest * share * (1 + 1e-12)).astype(np.int64), 1)


def long_tailed_rows(
    y: np.ndarray, classes: int, factor: float = FACTOR, *, seed: int
) -> np.ndarray:
    """Which rows stay, in ascending order: `long_tailed_counts` of the smallest class's size.

    Args:
        y: (n,) classes.
        seed: of the choice within each class.
    """
    rng = np.random.default_rng(seed)
    counts = long_tailed_counts(int(np.bincount(y, minlength=classes).min()), classes, factor)
    kept = [rng.permutation(np.flatnonzero(y == k))[:count] for k, count in enumerate(counts)]
    return np.sort(np.concatenate(kept))


def effective_number(count: ArrayLike, beta: float = BETA) -> np.ndarray:
    """E_n = (1 − βⁿ) / (1 − β), 0 < β < 1: distinct prototypes among n draws from 1/(1 − β).

    Computed as expm1(n log β) / (β − 1): 1 − βⁿ would lose digits for small n.
    """
    return np.expm1(np.asarray(count) * np.log(beta)) / (beta - 1)


def class_balanced_weights(counts: Sequence[int] | np.ndarray) -> np.ndarray:
    """Weights proportional to 1 / E_n of each class, with mean 1: (K,)."""
    weights = 1 / effective_number(counts)
    return weights * len(weights) / weights.sum()


class FocalLoss:
    """Mean over the batch of −w_y (1 − p_y)^γ log p_y, with p = softmax(z).

    Args:
        weights: (K,) of the classes; None is 1 for each.
        gamma: γ ≥ 0; 0 is the (weighted) cross-entropy.
    """

    def __init__(self, weights: np.ndarray | None = None, gamma: float = GAMMA) -> None:
        self.gamma = gamma
        self.weights = None if weights is None else torch.as_tensor(weights)

    def __call__(self, logits: Tensor, classes: Tensor) -> Tensor:
        """Logits (b, K), classes (b,) int64 → scalar.

        The sum is divided by b, not by the sum of the weights as PyTorch's weighted mean is: a
        batch without rare images keeps its small weights.
        """
        log_p = functional.log_softmax(logits, dim=1).gather(1, classes[:, None])[:, 0]
        losses = -log_p
        if self.gamma:
            losses = losses * (-torch.expm1(log_p)) ** self.gamma
        if self.weights is not None:
            losses = losses * self.weights.to(losses)[classes]
        return losses.mean()


def loss_of(name: str, counts: np.ndarray) -> FocalLoss:
    """The three that are compared: `cross_entropy`, `class_balanced`, `focal`.

    `focal` has the class-balanced weights as well, as in Cui et al.

    Raises:
        ValueError: another name.
    """
    if name not in LOSSES:
        raise ValueError(f"loss {name!r} is not one of {', '.join(LOSSES)}")
    weights = None if name == "cross_entropy" else class_balanced_weights(counts)
    return FocalLoss(weights, GAMMA if name == "focal" else 0.0)


LOSSES = ("cross_entropy", "class_balanced", "focal")
