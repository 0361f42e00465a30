"""Deep Learning HW 1, Q6.7: train a perceptron of `mytorch` on digits by plain SGD."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from mytorch.nn.init import Init
from mytorch.nn.modules.activation import ReLU
from mytorch.nn.modules.linear import Linear
from mytorch.nn.modules.module import Module
from mytorch.nn.optim import SGD
from mytorch.nn.sequential import Sequential
from mytorch.training import fit, logits_of
from proofsheet.data.dataset import Dataset
from proofsheet.learning.classification import share

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
    rows = images.reshape(len(images), math.prod(images.shape[1:])).astype(np.float32)
    rows -= np.float32(mean)
    rows /= np.float32(std)
    return rows


def train(
    data: Dataset,
    device: object = None,
    *,
    init: Init = "xavier",
    hidden: Sequence[int] = SIZES[1:-1],
    learning_rate: float = RATE,
    batch: int = BATCH,
    epochs: int = 3,
    images: int | None = None,
    seed: int = 0,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Cross-entropy and plain SGD (Q6.7), and the mean of the iterates of the last epoch.

    Args:
        data: images (n, 28, 28) of bytes.
        device: NumPy has none.
        images: training images; None: all.

    Returns:
        `init`, `seed`, `test_accuracy`, `averaged_test_accuracy` of the mean weights and
        `seconds_per_epoch`; the `losses` of each mini-batch before its step (epochs, iterations),
        the classes `test_predicted` and the `val_logits`, both with the last weights.
    """
    x, y = data.train.x[:images], data.train.y[:images]
    mean, std = x.mean(), x.std()
    rows, val, test = (rows_of(part, mean, std) for part in (x, data.val.x, data.test.x))
    model = perceptron((SIZES[0], *hidden, SIZES[-1]), init, seed)
    parameters = model.get_parameters()
    # In double: thousands of float32 terms would add up their rounding.
    sums = [np.zeros(p.shape) for p in parameters]

    def add(epoch: int) -> None:
        if epoch == epochs - 1:
            for total, parameter in zip(sums, parameters, strict=True):
                total += parameter

    start = time.perf_counter()
    losses = fit(
        model, rows, y, SGD(parameters, learning_rate),
        epochs=epochs, batch=batch, rng=np.random.default_rng([seed, 1]), after_step=add,
    )["loss"]  # fmt: skip
    seconds = (time.perf_counter() - start) / epochs
    predicted, val_logits = _predicted(model, test), logits_of(model, val)
    for parameter, total in zip(parameters, sums, strict=True):
        parameter[...] = total / losses.shape[1]
    return {
        "init": init,
        "seed": seed,
        "test_accuracy": share(predicted == data.test.y),
        "averaged_test_accuracy": share(_predicted(model, test) == data.test.y),
        "seconds_per_epoch": seconds,
    }, {"losses": losses, "test_predicted": predicted, "val_logits": val_logits}


def _predicted(model: Sequential, rows: np.ndarray) -> np.ndarray:
    """The classes of rows (n, d), of which there may be none."""
    return logits_of(model, rows).argmax(axis=1) if len(rows) else np.zeros(0, np.int64)
