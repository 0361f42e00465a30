"""Bounded activation functions and how much of a gradient they let through.

The odd ones are scaled alike: slope 1 at 0, limits −1 and 1. What tells them apart is the rate at
which they come to their limits. Asked for by CS 7643 PS 2, problem 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch

Activation = Callable[[torch.Tensor], torch.Tensor]


def inverse_root(x: torch.Tensor) -> torch.Tensor:
    """x/√(1 + x²)."""
    return x / torch.sqrt(1 + x**2)


def arctan(x: torch.Tensor) -> torch.Tensor:
    """(2/π) arctan(πx/2)."""
    return 2 / math.pi * torch.arctan(math.pi / 2 * x)


def erf(x: torch.Tensor) -> torch.Tensor:
    """erf(√π x/2)."""
    return torch.erf(math.sqrt(math.pi) / 2 * x)


# From the slowest approach to the limits to the fastest.
ODD: dict[str, Activation] = {
    "softsign": torch.nn.functional.softsign,
    "arctan": arctan,
    "inverse_root": inverse_root,
    "tanh": torch.tanh,
    "erf": erf,
}


def slopes(function: Activation, x: np.ndarray) -> np.ndarray:
    """The derivative of an entrywise function at `x`, in its shape and precision, by autograd."""
    point = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(function(point).sum(), point)
    return slope.numpy()


def first_zero_slope(function: Activation, x: np.ndarray) -> float | None:
    """Least x at which the slope in float32 is exactly 0, or None: `x` is searched in its order."""
    zero = np.flatnonzero(slopes(function, x.astype(np.float32)) == 0)
    return float(x[zero[0]]) if len(zero) else None


def composed(function: Activation, x: torch.Tensor, times: int) -> Iterator[torch.Tensor]:
    """f(x), f(f(x)), …: `times` of them."""
    for _ in range(times):
        x = function(x)
        yield x


def slopes_in_depth(function: Activation, x: float, depth: int) -> np.ndarray:
    """Derivatives of the 1-, 2-, … `depth`-fold composition at x, (depth,)."""
    point = torch.tensor(x, dtype=torch.float64)
    points = [point, *composed(function, point, depth - 1)]
    return np.cumprod([slopes(function, p.numpy()) for p in points])
