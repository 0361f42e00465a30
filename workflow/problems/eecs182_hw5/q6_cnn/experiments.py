"""The experiments of the NumPy part, for any implementation of the networks (EECS 182 HW 5, q. 6).

`train(sizes, seen, held, recipe, rng=…, init=…, normalize=…, dropout=…)` trains a fully connected
net and returns its curves: `loss` of each batch, `train_accuracy` and `validation_accuracy` after
each epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"plain": False, "normalized": True}  # with batch normalization?
RATES = {"none": 0.0, "half": 0.5}  # of dropout

Rows = tuple[np.ndarray, np.ndarray]
"""x (n, …) and y (n,)."""

Curves = dict[str, np.ndarray]


@dataclass(frozen=True)
class AdamRecipe:
    """Adam on mini-batches; `strength` is that of the L2 penalty on the weights."""

    epochs: int = 10
    batch: int = 50
    learning_rate: float = 1e-3
    strength: float = 0.0


def pixels(data: Any, images: int) -> tuple[Rows, Rows]:
    """The first training and validation images (n, 3, 32, 32), minus the mean image, over 64."""
    mean = data.train.x[:images].mean(axis=0)

    def rows(part: Any) -> Rows:
        centered = (part.x[:images] - mean).astype(np.float32) / 64
        return np.ascontiguousarray(centered.transpose(0, 3, 1, 2)), part.y[:images]

    return rows(data.train), rows(data.val)


def flat(rows: Rows) -> Rows:
    """The images as rows of pixels."""
    return rows[0].reshape(len(rows[0]), -1), rows[1]


def over_seeds(train: Callable[..., Curves], seeds: int, *given: Any, **options: Any) -> Curves:
    """Curves (seeds, …) of one net per seed."""
    runs = [train(*given, rng=np.random.default_rng(seed), **options) for seed in range(seeds)]
    return {name: np.array([run[name] for run in runs]) for name in runs[0]}


def compare_depth(
    train: Callable[..., Curves], seen: Rows, held: Rows, classes: int = 10, seeds: int = 3
) -> Curves:
    """Six layers with and without batch norm: `bn_depth_<kind>_<curve>` (seeds, …)."""
    sizes = (seen[0].shape[1], *[100] * 5, classes)
    found = {}
    for kind, normalize in KINDS.items():
        curves = over_seeds(
            train, seeds, sizes, seen, held, AdamRecipe(), init=2e-2, normalize=normalize
        )
        found |= {f"bn_depth_{kind}_{name}": values for name, values in curves.items()}
    return found


def vary_scale(
    train: Callable[..., Curves], seen: Rows, held: Rows, classes: int = 10, seeds: int = 3,
    scales: int = 20,
) -> Curves:  # fmt: skip
    """Eight layers from initial weights of many scales, with and without batch norm.

    Returns:
        `scales`, and for each kind (scales, seeds) the best `weight_scale_<kind>_train_accuracy`
        and `…_validation_accuracy` and the mean `…_loss` of the last 20 batches.
    """
    sizes, tried = (seen[0].shape[1], *[50] * 7, classes), np.logspace(-4, 0, scales)
    found = {"scales": tried}
    for kind, normalize in KINDS.items():
        runs = [
            over_seeds(
                train, seeds, sizes, seen, held, AdamRecipe(), init=float(scale),
                normalize=normalize,
            )
            for scale in tried
        ]  # fmt: skip
        found[f"weight_scale_{kind}_loss"] = np.array([r["loss"][:, -20:].mean(1) for r in runs])
        for name in ("train_accuracy", "validation_accuracy"):
            found[f"weight_scale_{kind}_{name}"] = np.array([r[name].max(axis=1) for r in runs])
    return found


def compare_dropout(
    train: Callable[..., Curves], seen: Rows, held: Rows, classes: int = 10, seeds: int = 5
) -> Curves:
    """Half of the images without and with dropout: `dropout_<rate>_<curve>` (seeds, …)."""
    few = tuple(part[: len(part) // 2] for part in seen)
    recipe = AdamRecipe(epochs=15, batch=100, learning_rate=5e-4)
    sizes, found = (seen[0].shape[1], 500, classes), {}
    for name, rate in RATES.items():
        curves = over_seeds(train, seeds, sizes, few, held, recipe, init=1e-2, dropout=rate)
        found |= {f"dropout_{name}_{key}": values for key, values in curves.items()}
    return found


def compare_convnets(
    train: Callable[..., Curves], seen: Rows, held: Rows, seed: int = 0, epochs: int = 8
) -> Curves:
    """The ConvNet with and without spatial batch norm: `convnet_<kind>_<curve>`.

    Args:
        train: `train(seen, held, recipe, rng=…, normalize=…)`.
    """
    recipe, found = AdamRecipe(epochs=epochs, strength=1e-3), {}
    for kind, normalize in KINDS.items():
        curves = train(seen, held, recipe, rng=np.random.default_rng(seed), normalize=normalize)
        found |= {f"convnet_{kind}_{name}": values for name, values in curves.items()}
    return found
