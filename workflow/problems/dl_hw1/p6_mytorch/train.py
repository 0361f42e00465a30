"""Deep Learning HW 1, Q6.7: train a perceptron of `mytorch` on digits by plain SGD."""

from __future__ import annotations

import math
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

TUNED = {"init": "he", "batch": 16, "decay": True}
"""What our own recipe changes; chosen on 10,000 of the training images."""

RECIPES = {"xavier": {"init": "xavier"}, "he": {"init": "he"}, "tuned": TUNED}


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
    decay: bool = False,
    epochs: int = 3,
    images: int | None = None,
    seed: int = 0,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Cross-entropy and plain SGD (Q6.7).

    Args:
        data: images (n, 28, 28) of bytes.
        device: NumPy has none.
        decay: whether the learning rate falls linearly to 0, step by step.
        images: training images; None: all.

    Returns:
        `init`, `seed` and `test_accuracy`; the `losses` of each mini-batch before its step
        (epochs, iterations), the classes `test_predicted` and the `val_logits`, both with the
        last weights.
    """
    x, y = data.train.x[:images], data.train.y[:images]
    mean, std = x.mean(), x.std()
    rows, val, test = (rows_of(part, mean, std) for part in (x, data.val.x, data.test.x))
    model = perceptron((SIZES[0], *hidden, SIZES[-1]), init, seed)
    optimizer = SGD(model.get_parameters(), learning_rate)
    rates = iter(np.linspace(learning_rate, 0, epochs * -(-len(y) // batch) + 1)[1:])

    def lower_rate(epoch: int) -> None:
        optimizer.lr = next(rates)

    losses = fit(
        model, rows, y, optimizer, epochs=epochs, batch=batch,
        rng=np.random.default_rng([seed, 1]), after_step=lower_rate if decay else None,
    )["loss"]  # fmt: skip
    predicted = logits_of(model, test).argmax(axis=1)
    return {
        "init": init,
        "seed": seed,
        "test_accuracy": share(predicted == data.test.y),
    }, {"losses": losses, "test_predicted": predicted, "val_logits": logits_of(model, val)}


def train_by(
    data: Dataset, device: object = None, *, recipe: str, **parameters: Any
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """As `train`, by one of the `RECIPES`."""
    return train(data, device, **RECIPES[recipe], **parameters)
