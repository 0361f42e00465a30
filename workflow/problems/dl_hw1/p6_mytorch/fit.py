"""Training a classifier with `mytorch`: mini-batches, plain SGD, and the mean of its iterates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike

from mytorch.nn.init import Init
from mytorch.nn.modules.activation import ReLU
from mytorch.nn.modules.linear import Linear
from mytorch.nn.modules.loss import SoftmaxCrossEntropy
from mytorch.nn.modules.module import Module
from mytorch.nn.optim import SGD
from mytorch.nn.sequential import Sequential

SIZES, RATE, BATCH = (784, 128, 64, 10), 0.1, 64
"""Of dl_hw1, Q6.7."""


def perceptron(
    sizes: Sequence[int],
    init: Init = "xavier",
    rng: np.random.Generator | int | None = None,
    dtype: DTypeLike = np.float32,
) -> Sequential:
    """Linear layers of these sizes with ReLUs between them; it ends with the logits.

    Args:
        sizes: features of the input, of each hidden layer and of the output.
        init, rng, dtype: of every linear layer; one generator draws them in order.
    """
    rng = np.random.default_rng(rng)
    modules: list[Module] = []
    for features, units in pairwise(sizes):
        modules += [Linear(features, units, init, rng, dtype), ReLU()]
    return Sequential(modules[:-1])


def rows_of(images: np.ndarray, mean: float, std: float) -> np.ndarray:
    """Images (n, …) of bytes as rows (n, pixels) of float32, minus `mean`, over `std`.

    `mean` and `std` are two numbers for all pixels, in bytes, of the training images.
    """
    rows = images.reshape(len(images), -1).astype(np.float32)
    rows -= np.float32(mean)
    rows /= np.float32(std)
    return rows


@dataclass(frozen=True)
class Trained:
    """What a training leaves beside the model itself.

    Attributes:
        losses: mean loss of each mini-batch before its step, (epochs, iterations).
        mean_parameters: the mean of each parameter over the steps of the last epoch.
    """

    losses: np.ndarray
    mean_parameters: list[np.ndarray]


def train(
    model: Sequential,
    x: np.ndarray,
    y: np.ndarray,
    *,
    epochs: int,
    rate: float,
    batch: int,
    rng: np.random.Generator,
) -> Trained:
    """Cross-entropy and SGD; every epoch takes each row once, in a new random order.

    Args:
        model: ends with logits; its parameters are changed in place.
        x: (n, features), the dtype of the parameters.
        y: (n,) integers.
        epochs, rate, batch: as in dl_hw1, Q6.7; the last batch of an epoch may be smaller.
        rng: draws the order.
    """
    loss, parameters = SoftmaxCrossEntropy(), model.get_parameters()
    optimizer = SGD(parameters, rate)
    losses = np.zeros((epochs, -(-len(y) // batch)))
    # In double: thousands of float32 terms would add up their rounding.
    sums = [np.zeros(p.shape) for p in parameters]
    for epoch in range(epochs):
        order = rng.permutation(len(y))
        for step, start in enumerate(range(0, len(y), batch)):
            picked = order[start : start + batch]
            losses[epoch, step] = loss.forward(model.forward(x[picked]), y[picked])
            model.backward(loss.backward())
            optimizer.step(model.get_gradients())
            if epoch == epochs - 1:
                for total, parameter in zip(sums, parameters, strict=True):
                    total += parameter
    return Trained(losses, [total / losses.shape[1] for total in sums])


def set_parameters(model: Module, values: Sequence[np.ndarray]) -> None:
    """Write `values` into the model's parameters, in their order."""
    for parameter, value in zip(model.get_parameters(), values, strict=True):
        parameter[...] = value
