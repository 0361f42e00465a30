"""A convolutional network on NumPy alone: `mytorch` on CIFAR-10 (CS 7643 PS 2, part 7.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from mytorch.nn.modules.activation import ReLU
from mytorch.nn.modules.conv import Conv2d
from mytorch.nn.modules.flatten import Flatten
from mytorch.nn.modules.linear import Linear
from mytorch.nn.modules.loss import SoftmaxCrossEntropy
from mytorch.nn.modules.pooling import MaxPool2d
from mytorch.nn.optim import SGD
from mytorch.nn.sequential import Sequential

FEW = 50
"""Images that the network learns by heart."""


@dataclass(frozen=True)
class Recipe:
    """SGD with momentum v ← βv − η ∂L/∂w, w ← w + v and the penalty λ/2 ‖w‖²; part 1's values."""

    epochs: int = 10
    batch: int = 10
    learning_rate: float = 1e-4
    momentum: float = 0.9
    weight_decay: float = 1e-3


ONCE = Recipe(epochs=1, batch=50)
"""How it is trained on all images."""


def convnet(
    rng: np.random.Generator | int | None = None, *, channels: int = 32, side: int = 32,
    dtype: DTypeLike = np.float32,
) -> Sequential:  # fmt: skip
    """Convolution 3 → 32 (5 × 5, padding 2), ReLU, max pooling 2 × 2, linear 8192 → 10.

    Args:
        rng: draws the weights, with Xavier's deviation; biases are 0.
        channels, side: of a smaller network for checks; `side` is even.
        dtype: of the parameters.
    """
    rng = np.random.default_rng(rng)
    return Sequential(
        Conv2d(3, channels, 5, padding=2, rng=rng, dtype=dtype),
        ReLU(),
        MaxPool2d(2, 2),
        Flatten(),
        Linear(channels * (side // 2) ** 2, 10, rng=rng, dtype=dtype),
    )


def centered(images: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Bytes (n, h, w, 3) minus the mean image (h, w, 3), as float32 (n, 3, h, w)."""
    return np.ascontiguousarray((images - mean.astype(np.float32)).transpose(0, 3, 1, 2))


def fit(
    model: Sequential,
    images: np.ndarray,
    y: np.ndarray,
    mean: np.ndarray,
    recipe: Recipe,
    *,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Train `model` in place.

    Args:
        images: bytes (n, h, w, 3); batches are centered as they are needed.
        y: (n,) classes.
        mean: image, subtracted.
        rng: draws the order of each epoch.

    Returns:
        `loss` and `accuracy` of each mini-batch before its step, (epochs, iterations).
    """
    loss, parameters = SoftmaxCrossEntropy(), model.get_parameters()
    optimizer = SGD(parameters, recipe.learning_rate, recipe.momentum, recipe.weight_decay)
    shape = (recipe.epochs, -(-len(y) // recipe.batch))
    curves = {"loss": np.zeros(shape), "accuracy": np.zeros(shape)}
    model.train()
    for epoch in range(recipe.epochs):
        order = rng.permutation(len(y))
        for step, start in enumerate(range(0, len(y), recipe.batch)):
            picked = order[start : start + recipe.batch]
            logits = model.forward(centered(images[picked], mean))
            curves["loss"][epoch, step] = loss.forward(logits, y[picked])
            curves["accuracy"][epoch, step] = (logits.argmax(axis=1) == y[picked]).mean()
            model.backward_parameters(loss.backward())
            optimizer.step(model.get_gradients())
    return curves


def predicted(
    model: Sequential, images: np.ndarray, mean: np.ndarray, batch: int = 200
) -> np.ndarray:
    """Classes (n,) of bytes (n, h, w, 3)."""
    return scores(model, images, mean, batch).argmax(axis=1)


def scores(model: Sequential, images: np.ndarray, mean: np.ndarray, batch: int = 200) -> np.ndarray:
    """Logits (n, 10) of bytes (n, h, w, 3)."""
    model.eval()
    parts = [
        model.forward(centered(images[start : start + batch], mean))
        for start in range(0, len(images), batch)
    ]
    return np.concatenate(parts)
