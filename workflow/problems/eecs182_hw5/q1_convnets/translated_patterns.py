"""Patterns that are learned at some places of an image and asked for at others.

An image is (1, SIDE, SIDE): one of a few small patterns, at a random height and a given column, in
noise. What a network makes of columns that it was not trained on shows what it assumes about
places: a fully connected one nothing, a convolutional one that they are all alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

SIDE, PATTERN, CLASSES, NOISE = 16, 5, 4, 0.3
COLUMNS = SIDE - PATTERN + 1
"""Number of columns at which a pattern can begin."""


def patterns(generator: torch.Generator) -> Tensor:
    """(CLASSES, PATTERN, PATTERN): random signs."""
    return torch.randint(0, 2, (CLASSES, PATTERN, PATTERN), generator=generator) * 2.0 - 1


def draw(
    shapes: Tensor, columns: Sequence[int], count: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """`count` images whose pattern begins in one of `columns`, and their classes.

    Returns:
        (count, 1, SIDE, SIDE) and (count,).
    """
    images = NOISE * torch.randn(count, 1, SIDE, SIDE, generator=generator)
    labels = torch.randint(0, len(shapes), (count,), generator=generator)
    rows = torch.randint(0, COLUMNS, (count,), generator=generator)
    chosen = torch.tensor(columns)[torch.randint(0, len(columns), (count,), generator=generator)]
    for image, label, row, column in zip(images, labels, rows, chosen, strict=True):
        image[0, row : row + PATTERN, column : column + PATTERN] += shapes[label]
    return images, labels


class LargestEverywhere(nn.Module):
    """The maximum of each channel over all places: (N, C, H, W) to (N, C)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.amax(dim=(2, 3))


def networks(seed: int) -> dict[str, nn.Sequential]:
    """A fully connected and a convolutional classifier, one hidden layer each."""
    torch.manual_seed(seed)
    return {
        "dense": nn.Sequential(
            nn.Flatten(), nn.Linear(SIDE * SIDE, 32), nn.ReLU(), nn.Linear(32, CLASSES)
        ),
        "convolutional": nn.Sequential(
            nn.Conv2d(1, 8, PATTERN), nn.ReLU(), LargestEverywhere(), nn.Linear(8, CLASSES)
        ),
    }


def parameters(network: nn.Module) -> int:
    """How many numbers a module learns."""
    return sum(parameter.numel() for parameter in network.parameters())


def train(network: nn.Module, images: Tensor, labels: Tensor, steps: int) -> None:
    """Adam on the whole training set."""
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        cross_entropy(network(images), labels).backward()
        optimizer.step()


@torch.no_grad()
def accuracy(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Share of the images that are classified right."""
    return (network(images).argmax(dim=1) == labels).double().mean().item()
