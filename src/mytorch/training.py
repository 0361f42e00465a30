"""The mini-batch loop of `mytorch`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mytorch.nn.modules.loss import SoftmaxCrossEntropy
from mytorch.nn.optim import Optimizer
from mytorch.nn.sequential import Sequential

Prepare = Callable[[np.ndarray], np.ndarray]
"""Rows as they are stored, to what the model takes."""


def fit(
    model: Sequential,
    x: np.ndarray,
    y: np.ndarray,
    optimizer: Optimizer,
    *,
    epochs: int,
    batch: int,
    rng: np.random.Generator,
    prepare: Prepare | None = None,
    penalty: float = 0.0,
    after_step: Callable[[int], None] | None = None,
    after_epoch: Callable[[int], None] | None = None,
) -> dict[str, np.ndarray]:
    """Minimize the cross-entropy; every epoch takes each row once, in a new random order.

    Args:
        model: ends with logits; its parameters are changed in place.
        x, y: (n, …) rows and (n,) classes; the last batch of an epoch may be smaller.
        optimizer: of the model's parameters.
        rng: draws the orders.
        prepare: applied to each batch.
        penalty: λ of ½ λ Σ W², added to the loss; see `penalize`.
        after_step, after_epoch: called with the epoch, from 0.

    Returns:
        `loss` and `accuracy` of each mini-batch before its step, (epochs, iterations).
    """
    loss = SoftmaxCrossEntropy()
    shape = (epochs, -(-len(y) // batch))
    curves = {"loss": np.zeros(shape), "accuracy": np.zeros(shape)}
    for epoch in range(epochs):
        model.train()
        order = rng.permutation(len(y))
        for step, start in enumerate(range(0, len(y), batch)):
            picked = order[start : start + batch]
            logits = model.forward(prepare(x[picked]) if prepare else x[picked])
            curves["loss"][epoch, step] = loss.forward(logits, y[picked])
            curves["accuracy"][epoch, step] = (logits.argmax(axis=1) == y[picked]).mean()
            model.backward_parameters(loss.backward())
            if penalty:
                curves["loss"][epoch, step] += penalize(model, penalty)
            optimizer.step(model.get_gradients())
            if after_step:
                after_step(epoch)
        if after_epoch:
            after_epoch(epoch)
    return curves


def penalize(model: Sequential, strength: float) -> float:
    """Add the gradient of ½ · strength · Σ W² to the model's gradients; returns that penalty.

    It is on the weights alone: not on biases, nor on scale and shift of a normalization.
    """
    total = 0.0
    for layer in weighted(model):
        total += 0.5 * strength * float(np.sum(layer.W * layer.W))
        layer.dW += strength * layer.W
    return total


def weighted(model: Sequential) -> Iterator[Any]:
    """The layers that have weights W."""
    return (layer for layer in model if "W" in layer.parameter_names)


def logits_of(
    model: Sequential, x: np.ndarray, *, prepare: Prepare | None = None, batch: int = 250
) -> np.ndarray:
    """Logits (n, K) of rows (n, …), of which there may be none, in evaluation mode."""
    model.eval()
    parts = [x[start : start + batch] for start in range(0, max(len(x), 1), batch)]
    return np.concatenate([model.forward(prepare(part) if prepare else part) for part in parts])


def accuracy(model: Sequential, x: np.ndarray, y: np.ndarray) -> float:
    """Share of the rows that the model, in evaluation mode, classifies as they are."""
    return float((logits_of(model, x).argmax(axis=1) == y).mean())
