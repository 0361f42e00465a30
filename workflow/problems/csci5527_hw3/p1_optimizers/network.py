"""A network of three layers for handwritten digits, and what trains it (CSCI 5527 HW 3, problem 1).

The same training takes the steps of `learning.optimizers` or of `torch.optim`: both get the same
learning rates, by one schedule, so that nothing but the optimizer differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from proofsheet.learning.optimizers import Adagrad, Adam, AdamW, RMSprop, Schedule, cosine

OPTIMIZERS = {"adagrad": Adagrad, "rmsprop": RMSprop, "adam": Adam, "adamw": AdamW}
"""Ours; their counterparts in `torch.optim` have the same names."""

CHANNELS = (16, 64)
BATCH = 128
WARM_UP = 100
"""Steps in which the learning rate rises; at most a quarter of a training."""

DROPOUT = {"adagrad": 0.25, "rmsprop": 0.25, "adam": 0.0, "adamw": 0.0}
"""Share of the features that a training step drops; Adam and AdamW do not gain from it."""

SHIFT = 1
"""Pixels by which training images are moved at most, in each direction."""

AXES: Mapping[str, Mapping[str, tuple[float, ...]]] = {
    "adagrad": {"lr": (0.03, 0.1, 0.3)},
    "rmsprop": {"lr": (0.003, 0.01, 0.03)},
    "adam": {"lr": (0.003, 0.01, 0.03, 0.1)},
    "adamw": {"lr": (0.003, 0.01, 0.03, 0.1), "weight_decay": (0.01, 0.1, 1.0)},
}
"""What is tuned, one axis after the other; the rest are the defaults, which are PyTorch's."""

START: Mapping[str, Mapping[str, float]] = {
    "adagrad": {"lr": 0.01},
    "rmsprop": {"lr": 0.001},
    "adam": {"lr": 0.001},
    "adamw": {"lr": 0.001, "weight_decay": 0.01},
}


def network(
    channels: tuple[int, int] = CHANNELS, classes: int = 10, dropout: float = 0.0
) -> nn.Sequential:
    """Two 5 × 5 convolutions and a linear layer: (b, 1, 28, 28) to (b, classes).

    Initialized as PyTorch does: weights and biases uniform in ±1/√fan-in.
    """
    first, second = channels
    return nn.Sequential(
        nn.Conv2d(1, first, 5),  # 24 × 24
        nn.MaxPool2d(2),  # 12 × 12
        nn.ReLU(),
        nn.Conv2d(first, second, 5, stride=2),  # 4 × 4
        nn.Flatten(),
        nn.ReLU(),  # after Flatten, which changes the order in memory: its backward is then fast
        nn.Dropout(dropout),
        nn.Linear(16 * second, classes),
    ).to(memory_format=torch.channels_last)


def layer_parameters(model: nn.Module) -> list[int]:
    """Numbers of parameters of the modules that have any of their own: as many as it has layers."""
    counts = [sum(p.numel() for p in part.parameters(recurse=False)) for part in model.modules()]
    return [count for count in counts if count]


def scaled(images: np.ndarray, device: torch.device | str = "cpu") -> Tensor:
    """Images uint8 (n, 28, 28) as float32 (n, 1, 28, 28) in [0, 1]; the background is 0."""
    x = torch.from_numpy(np.ascontiguousarray(images)).to(device)
    return x.unsqueeze(1).to(torch.float32).div_(255)


def shifted(x: Tensor, generator: torch.Generator, most: int = SHIFT) -> Tensor:
    """Each image of a batch (b, 1, h, w) moved by up to `most` pixels, by its own random offset.

    What leaves the frame is lost, what enters it is background. All (2·most + 1)² offsets are
    equally likely.
    """
    n, _, height, width = x.shape
    padded = functional.pad(x, (most, most, most, most))
    wide, high = width + 2 * most, height + 2 * most
    down, right = torch.randint(2 * most + 1, (2, n, 1), generator=generator, device=x.device)
    corner = torch.arange(n, device=x.device)[:, None] * (high * wide) + down * wide + right
    rows, columns = torch.arange(height, device=x.device), torch.arange(width, device=x.device)
    inside = (rows[:, None] * wide + columns).flatten()
    # One gather on the flat batch; a loop over the images would take longer than the network.
    return padded.flatten().index_select(0, (corner + inside).flatten()).view(x.shape)


def factor(name: str, steps: int) -> Callable[[int], float]:
    """Share of the learning rate at each step: a linear rise, then half a cosine down to zero.

    Adagrad's own rate decays already. After the rise it keeps its share for half the training, and
    then falls to zero on a line.
    """
    warmup = min(WARM_UP, steps // 4)
    fall = cosine(steps, warmup=warmup)
    if name != "adagrad":
        return fall
    return lambda k: fall(k) if k < warmup else min(1.0, 2 * (steps - k) / (steps - warmup))


@dataclass(frozen=True)
class Recipe:
    """How the network is trained, by our optimizers.

    Attributes:
        optimizer: a key of `OPTIMIZERS`.
        settings: arguments of its class; those left out have PyTorch's defaults.
    """

    optimizer: str
    settings: Mapping[str, float]
    epochs: int = 7
    batch: int = BATCH
    implementation = "ours"

    def steppers(self, model: nn.Module, steps: int) -> Sequence[Any]:
        """The optimizer and its schedule."""
        optimizer = OPTIMIZERS[self.optimizer](model.parameters(), **self.settings)
        return optimizer, Schedule(optimizer, factor(self.optimizer, steps))


class BuiltinRecipe(Recipe):
    """The same by `torch.optim`: only for the comparison."""

    implementation = "builtin"

    def steppers(self, model: nn.Module, steps: int) -> Sequence[Any]:
        """The optimizer and its schedule."""
        builtin = getattr(torch.optim, OPTIMIZERS[self.optimizer].__name__)
        optimizer = builtin(model.parameters(), **self.settings)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor(self.optimizer, steps))
        return optimizer, schedule


IMPLEMENTATIONS = {"ours": Recipe, "builtin": BuiltinRecipe}
