"""Initial weights: zero, small random, Xavier and He (Deep Learning HW 1, Q5.1).

A layer multiplies the variance of its input by fan_in · σ², and the backward pass that of the
gradient by fan_out · σ². Xavier keeps both near 1 in the mean, for an activation with slope 1 at
0 such as tanh; He keeps the first at 2, because ReLU halves the second moment.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

# Standard deviation of the weights, from (fan_in, fan_out).
STANDARD_DEVIATION = {
    "zero": lambda fan_in, fan_out: 0.0,
    "small_random": lambda fan_in, fan_out: 0.01,
    "xavier": lambda fan_in, fan_out: np.sqrt(2 / (fan_in + fan_out)),  # Glorot, Bengio 2010
    "he": lambda fan_in, fan_out: np.sqrt(2 / fan_in),  # He et al., arXiv 1502.01852
}


def initialize_weights(
    shape: tuple[int, int], method: str, generator: torch.Generator | None = None
) -> Tensor:
    """Weights of shape (fan_in, fan_out), drawn from N(0, σ²) with the σ of `method`.

    Args:
        shape: (fan_in, fan_out), both at least 1. `torch.nn.Linear.weight` is the transpose.
        method: `zero`, `small_random`, `xavier` or `he`, see `STANDARD_DEVIATION`.
        generator: where the numbers come from, and on which device the weights are; PyTorch's
            global one when None.

    Returns:
        A float tensor of PyTorch's default type, without gradient. Biases are 0 in the text, and
        not made here.

    Raises:
        ValueError: another method, or a shape that is not two positive integers.
    """
    if method not in STANDARD_DEVIATION:
        raise ValueError(f"method {method!r} is not one of {', '.join(STANDARD_DEVIATION)}")
    if len(shape) != 2 or min(shape) < 1:
        raise ValueError(f"shape {tuple(shape)} is not (fan_in, fan_out), both at least 1")
    weights = torch.zeros(shape, device=None if generator is None else generator.device)
    σ = STANDARD_DEVIATION[method](*shape)
    # The zero method draws nothing, so that it does not move the generator either.
    return weights.normal_(0.0, σ, generator=generator) if σ else weights
