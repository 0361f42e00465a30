"""Layers of convolutional networks on a circle of n samples, and how far they follow a shift.

Every layer maps (batch, n) to (batch, m). It is made of PyTorch's own operations, so that what is
measured is what networks use.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn.functional import avg_pool1d, conv1d, max_pool1d, pad, relu

Layer = Callable[[torch.Tensor], torch.Tensor]


def convolution(
    weights: torch.Tensor, *, stride: int = 1, padding: str = "circular", bias: float = 0.0
) -> Layer:
    """PyTorch's convolution with an odd number of `weights` (k,), as many outputs as inputs
    over the stride.

    Args:
        weights: slide over the signal as PyTorch does, unflipped.
        stride: distance of the outputs.
        padding: `circular`, or `constant` for zeros beyond the ends.
        bias: added to every output.
    """
    reach = len(weights) // 2

    def layer(x: torch.Tensor) -> torch.Tensor:
        padded = pad(x[:, None], (reach, reach), mode=padding)
        return conv1d(padded, weights[None, None], stride=stride)[:, 0] + bias

    return layer


def max_pool(stride: int) -> Layer:
    """The larger of a sample and its right neighbor, around the circle."""
    return lambda x: max_pool1d(pad(x[:, None], (0, 1), mode="circular"), 2, stride)[:, 0]


def chain(*layers: Layer) -> Layer:
    """One layer after the other."""

    def layer(x: torch.Tensor) -> torch.Tensor:
        for one in layers:
            x = one(x)
        return x

    return layer


def blur_pool(stride: int) -> Layer:
    """Maximum at every position, a binomial blur, and only then the subsampling [Zhang 2019]."""
    blur = torch.tensor([1, 4, 6, 4, 1], dtype=torch.float64) / 16
    return chain(max_pool(1), convolution(blur, stride=stride))


def global_average(x: torch.Tensor) -> torch.Tensor:
    """Mean over all positions: (batch, 1)."""
    return avg_pool1d(x[:, None], x.shape[1])[:, 0]


def layers_of_networks(weights: torch.Tensor) -> dict[str, Layer]:
    """The layers that are compared; `weights` (k,) of every convolution."""
    block = chain(convolution(weights), relu, max_pool(2))
    return {
        "circular": convolution(weights),
        "relu": chain(convolution(weights, bias=0.1), relu),
        "max_same": max_pool(1),
        "zeros": convolution(weights, padding="constant"),
        "stride": convolution(weights, stride=2),
        "max_pool": max_pool(2),
        "blur_pool": blur_pool(2),
        "network": chain(block, block, block),
        "network_mean": chain(block, block, block, global_average),
        "same_mean": chain(convolution(weights), relu, convolution(weights), relu, global_average),
    }


def equivariance_errors(layer: Layer, x: torch.Tensor) -> torch.Tensor:
    """How far the output fails to move with the input, for all shifts of the input.

    Args:
        layer: (batch, n) to (batch, m).
        x: (batch, n).

    Returns:
        (batch, n): at k the smallest ‖f(Sᵏx) − Sʲf(x)‖ / ‖f(x)‖ over the shifts j of the output.
        Zero means that the output only moved, by any number of positions.
    """
    y = layer(x)
    moved = torch.stack([torch.roll(y, j, dims=1) for j in range(y.shape[1])])
    errors = [
        (layer(torch.roll(x, k, dims=1)) - moved).norm(dim=2).min(dim=0).values
        for k in range(x.shape[1])
    ]
    return torch.stack(errors, dim=1) / y.norm(dim=1, keepdim=True)
