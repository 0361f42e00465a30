"""Fully connected and convolutional classifiers of `mytorch`, trained with Adam and an L2 penalty
(EECS 182 HW 5, question 6, NumPy part)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from mytorch import training
from mytorch.nn.init import Init
from mytorch.nn.modules.activation import ReLU
from mytorch.nn.modules.batchnorm import BatchNorm1d, BatchNorm2d
from mytorch.nn.modules.conv import Conv2d
from mytorch.nn.modules.dropout import Dropout
from mytorch.nn.modules.flatten import Flatten
from mytorch.nn.modules.linear import Linear
from mytorch.nn.modules.module import Module
from mytorch.nn.modules.pooling import MaxPool2d
from mytorch.nn.optim import Adam
from mytorch.nn.sequential import Sequential
from problems.eecs182_hw5.q6_cnn.experiments import AdamRecipe, Rows


def fully_connected(
    sizes: Sequence[int],
    *,
    init: Init = "he",
    normalize: bool = False,
    dropout: float = 0.0,
    rng: np.random.Generator | int | None = None,
    dtype: DTypeLike = np.float32,
) -> Sequential:
    """{affine – [batch norm] – relu – [dropout]} × (L − 1) – affine; it ends with the logits.

    Args:
        sizes: features of the input, of each hidden layer and of the output: L + 1 numbers.
        init: of the weights: `"he"`, `"xavier"` or their standard deviation; biases are 0.
        normalize: with batch normalization.
        dropout: probability to drop a hidden unit; 0: no such layer.
        rng: draws the weights, layer by layer, and then the masks.
    """
    rng = np.random.default_rng(rng)
    modules: list[Module] = []
    for inputs, outputs in pairwise(sizes[:-1]):
        modules.append(Linear(inputs, outputs, init, rng, dtype))
        modules += [BatchNorm1d(outputs, dtype=dtype)] if normalize else []
        modules.append(ReLU())
        modules += [Dropout(dropout, rng)] if dropout else []
    return Sequential(*modules, Linear(sizes[-2], sizes[-1], init, rng, dtype))


def three_layer_convnet(
    shape: tuple[int, int, int] = (3, 32, 32),
    *,
    filters: int = 32,
    kernel: int = 7,
    hidden: int = 100,
    classes: int = 10,
    init: Init = "he",
    normalize: bool = False,
    rng: np.random.Generator | int | None = None,
    dtype: DTypeLike = np.float32,
) -> Sequential:
    """conv – [spatial batch norm] – relu – 2×2 max pool – affine – relu – affine.

    Args:
        shape: of one image (channels, height, width), height and width even.
        filters, kernel: of the convolution, whose output has the size of its input (kernel odd).
        hidden: units of the first affine layer.
        init, rng, dtype: as for `fully_connected`.
        normalize: with spatial batch normalization.
    """
    rng = np.random.default_rng(rng)
    channels, height, width = shape
    return Sequential(
        Conv2d(channels, filters, kernel, padding=kernel // 2, init=init, rng=rng, dtype=dtype),
        *([BatchNorm2d(filters, dtype=dtype)] if normalize else []),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Linear(filters * (height // 2) * (width // 2), hidden, init, rng, dtype),
        ReLU(),
        Linear(hidden, classes, init, rng, dtype),
    )


def train_fully_connected(
    sizes: Sequence[int], seen: Rows, held: Rows, recipe: AdamRecipe, *,
    rng: np.random.Generator, **options: Any,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Curves of a new `fully_connected` net with these options; see `fit`."""
    return fit(fully_connected(sizes, rng=rng, **options), seen, held, recipe, rng=rng)


def train_convnet(
    seen: Rows, held: Rows, recipe: AdamRecipe, *, rng: np.random.Generator, **options: Any
) -> dict[str, np.ndarray]:
    """Curves of a new `three_layer_convnet` with these options; see `fit`."""
    model = three_layer_convnet(rng=rng, **options)
    # The windows of 250 images take 150 MB, which is slower.
    return fit(model, seen, held, recipe, rng=rng, measured_at_once=recipe.batch)


def fit(
    model: Sequential,
    rows: Rows,
    validation: Rows,
    recipe: AdamRecipe,
    *,
    rng: np.random.Generator,
    measured_at_once: int = 250,
) -> dict[str, np.ndarray]:
    """Train `model` in place.

    Args:
        rows: training data; its order is drawn anew for each epoch with `rng`.
        validation: measured after each epoch, as are the training rows, in evaluation mode.
        measured_at_once: rows of a batch when accuracies are measured.

    Returns:
        `loss` of each batch before its step (epochs · batches,), and after each epoch
        `train_accuracy` and `validation_accuracy` (epochs,).
    """
    accuracies: dict[str, list[float]] = {"train_accuracy": [], "validation_accuracy": []}

    def measure(_: int) -> None:
        for curve, (x, y) in zip(accuracies.values(), (rows, validation), strict=True):
            logits = training.logits_of(model, x, batch=measured_at_once)
            curve.append((logits.argmax(axis=1) == y).mean())

    curves = training.fit(
        model, *rows, Adam(model.get_parameters(), recipe.learning_rate),
        epochs=recipe.epochs, batch=recipe.batch, rng=rng, penalty=recipe.strength,
        after_epoch=measure,
    )  # fmt: skip
    return {"loss": curves["loss"].ravel()} | {k: np.array(v) for k, v in accuracies.items()}
