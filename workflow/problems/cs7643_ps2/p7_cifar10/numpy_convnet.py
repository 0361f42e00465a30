"""A convolutional network on NumPy alone: `mytorch` on CIFAR-10 (CS 7643 PS 2, part 7.1)."""

from __future__ import annotations

import numpy as np

from mytorch.nn.modules.activation import ReLU
from mytorch.nn.modules.conv import Conv2d
from mytorch.nn.modules.flatten import Flatten
from mytorch.nn.modules.linear import Linear
from mytorch.nn.modules.pooling import MaxPool2d
from mytorch.nn.sequential import Sequential

FEW = 50
"""Images that the network learns by heart."""


FEW_RECIPE = {
    "epochs": 10, "batch": 10, "learning_rate": 1e-4, "momentum": 0.9, "weight_decay": 1e-3,
}  # fmt: skip
"""Part 1's values: SGD with momentum v ← βv − η ∂L/∂w, w ← w + v and the penalty λ/2 ‖w‖²."""

ONCE = FEW_RECIPE | {"epochs": 1, "batch": 50}
"""How it is trained on all images."""


def convnet(rng: np.random.Generator | int, *, channels: int = 32, side: int = 32) -> Sequential:
    """Convolution 3 → 32 (5 × 5, padding 2), ReLU, max pooling 2 × 2, linear 8192 → 10.

    Args:
        rng: draws the weights, with Xavier's deviation; biases are 0.
        channels, side: of a smaller network for checks; `side` is even.
    """
    rng = np.random.default_rng(rng)
    return Sequential(
        Conv2d(3, channels, 5, padding=2, rng=rng),
        ReLU(),
        MaxPool2d(2, 2),
        Flatten(),
        Linear(channels * (side // 2) ** 2, 10, rng=rng),
    )


def centered(images: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Bytes (n, h, w, 3) minus the mean image (h, w, 3), as float32 (n, 3, h, w)."""
    return np.ascontiguousarray((images - mean.astype(np.float32)).transpose(0, 3, 1, 2))
