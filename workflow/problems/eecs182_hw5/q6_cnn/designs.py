"""Small networks for 32 × 32 images and their trainings (EECS 182 HW 5, question 6, PyTorch part).

Two networks are the course's, plain and with batch normalization and dropout. The third is the
design of our own in `learning.cifar_plan`, under the course's limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

MOST_PARAMETERS, MOST_STEPS, MOST_EPOCHS = 1_000_000, 20_000, 10
"""What the course allows a design of one's own."""

BARS = {
    "cifar100": {"plain": 0.35, "bn_dropout": 0.38, "own": 0.44},
    "cifar10": {"plain": 0.70, "bn_dropout": 0.72, "own": 0.80},
}
"""Test accuracies that are asked for: the course's for CIFAR-100, ours for CIFAR-10."""


class FromBytes(nn.Module):
    """Bytes (b, h, w, 3) to numbers (b, 3, h, w) in [−1, 1], in `channels_last`."""

    def forward(self, images: Tensor) -> Tensor:
        """x / 127.5 − 1."""
        return images.permute(0, 3, 1, 2).float() / 127.5 - 1


def given_net(classes: int, *, normalize: bool = False, dropout: float = 0.0) -> nn.Sequential:
    """The course's network: three 3 × 3 convolutions (16, 32, 64 channels) and two linear layers.

    Args:
        normalize: a batch normalization after each convolution.
        dropout: probability to drop one of the 256 units before the last layer.
    """

    def convolution(inputs: int, outputs: int, stride: int = 1) -> list[nn.Module]:
        after = [nn.BatchNorm2d(outputs)] if normalize else []
        return [nn.Conv2d(inputs, outputs, 3, stride, padding=1), *after, nn.ReLU()]

    return nn.Sequential(
        FromBytes(),
        *convolution(3, 16), nn.MaxPool2d(2),  # 32 → 16
        *convolution(16, 32), nn.MaxPool2d(2),  # 16 → 8
        *convolution(32, 64, stride=2),  # 8 → 4
        nn.Flatten(),
        nn.Linear(1024, 256), nn.ReLU(),
        *([nn.Dropout(dropout)] if dropout else []),
        nn.Linear(256, classes),
    ).to(memory_format=torch.channels_last)  # fmt: skip


GIVEN: dict[str, dict[str, Any]] = {
    "plain": {},
    "bn_dropout": {"normalize": True, "dropout": 0.2},
}
"""Options of `given_net`."""

GIVEN_BATCH, GIVEN_EPOCHS = 32, 5


@dataclass(frozen=True)
class GivenRecipe:
    """The course's AdamW, whose rate is multiplied by 0.99 after each epoch."""

    epochs: int = GIVEN_EPOCHS
    batch: int = GIVEN_BATCH
    learning_rate: float = 1e-3

    def steppers(self, model: nn.Module, steps: int) -> Sequence[Any]:
        """As `loop.Recipe` has it."""
        adamw = torch.optim.AdamW(
            model.parameters(), lr=self.learning_rate, betas=(0.9, 0.999), fused=True
        )
        epoch = max(steps // self.epochs, 1)
        return [adamw, torch.optim.lr_scheduler.StepLR(adamw, epoch, gamma=0.99)]


def within_limits(run: Mapping[str, Any]) -> bool:
    """Whether a run (`parameters`, `steps`, `epochs`) kept to what the course allows."""
    return (
        run["parameters"] <= MOST_PARAMETERS
        and run["steps"] <= MOST_STEPS
        and run["epochs"] <= MOST_EPOCHS
    )
