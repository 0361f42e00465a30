"""Small networks for 32 × 32 images and their trainings (EECS 182 HW 5, question 6, PyTorch part).

Two networks are the course's, plain and with batch normalization and dropout. The third is a design
of our own under the course's limits; Muon's rate is chosen by short trials on validation images.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from proofsheet.learning.augmentation import Augmentation
from proofsheet.learning.recipes import SgdRecipe
from proofsheet.learning.small_image_nets import BalancedNet

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


AUGMENT = Augmentation(reach=2)

DESIGNS = {
    f"muon_{100 * rate:03.0f}": SgdRecipe(
        epochs=9, batch=256, learning_rate=0.1, nesterov=True, rise=0.2, smoothing=0.1,
        weight_decay=5e-4, muon=rate,
    )
    for rate in (0.05, 0.1, 0.2, 0.4)
}  # fmt: skip
"""The candidates: Muon with one of four rates for the filters, SGD for the other parameters."""


def own_net(images: np.ndarray, classes: int, seed: int) -> nn.Module:
    """Our network with the initial weights of `seed`; `images` are for mean and deviation."""
    torch.manual_seed(seed)
    return BalancedNet(images, classes=classes)


def chosen(validation_accuracy: Mapping[str, float]) -> str:
    """The candidate with the best validation accuracy in its trial; of equals the first."""
    return max(validation_accuracy, key=validation_accuracy.__getitem__)


def within_limits(run: Mapping[str, Any]) -> bool:
    """Whether a run (`parameters`, `steps`, `epochs`) kept to what the course allows."""
    return (
        run["parameters"] <= MOST_PARAMETERS
        and run["steps"] <= MOST_STEPS
        and run["epochs"] <= MOST_EPOCHS
    )
