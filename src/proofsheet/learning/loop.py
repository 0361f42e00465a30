"""The mini-batch loop for PyTorch: data in memory, index tensors, one curve per quantity.

A data set of this size fits on the device as it is. A batch is then one `index_select`; decoding
each image anew in every epoch, as the usual data loader does, takes longer than the network.
Nothing is read back from the device within an epoch, so that a GPU is never waited for.

Three trainings have loops of their own: networks trained side by side as slices of one tensor
(CSCI 5527 HW 2, problem 4; Deep Learning HW 1, problem 5), and fine-tuning on the stored outputs
of frozen blocks (CSCI 5527 HW 3, problem 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from proofsheet.jobs.progress import Epochs
from proofsheet.learning.operations import counted

Rows = tuple[Tensor, Tensor]
"""x (n, …) and y (n,) int64, on one device."""

Augment = Callable[[Tensor, torch.Generator], Tensor]
"""A batch, changed at random."""

View = Callable[[Tensor, int | None], Tensor]
"""A batch as the network takes it in an epoch; without an epoch, as it takes it in the end."""

Criterion = Callable[[Tensor, Tensor], Tensor]
"""Logits (b, K) and classes (b,) to the mean loss of the batch."""


@contextmanager
def denormals_flushed() -> Iterator[None]:
    """Numbers below the normal range are 0 meanwhile.

    Adam's averages of a dead unit decay to such numbers, with which CPUs are slow. The switch is
    the processor's, so it is turned back for whatever runs afterwards.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@denormals_flushed()
def fit(
    model: nn.Module,
    rows: Rows,
    validation: Rows | None,
    recipe: Any,
    *,
    seed: int,
    label: str,
    augment: Augment | None = None,
    view: View | None = None,
    loss: Criterion = functional.cross_entropy,
    mixed: bool = False,
) -> dict[str, np.ndarray]:
    """Fit `model` in place; validation rows, if there are any, are watched and decide nothing.

    Args:
        model: maps (b, …) to logits (b, K); on the device of the rows.
        rows: training data. The order of an epoch is drawn anew; its last batch may be smaller.
        validation: measured after each epoch; None: nothing is.
        recipe: `epochs`, `batch`, and `steppers(model, steps)`: the optimizers and their schedules,
            on each of which `step()` is called after each batch; see `learning.recipes`.
        seed: of the orders and of `augment`; the model comes with its own initial weights.
        label: of the progress bar.
        augment: applied to each training batch.
        view: applied to each batch, after `augment`.
        loss: what is minimized.
        mixed: products in bfloat16; weights, sums and the loss stay float32.

    Returns:
        Per epoch `loss` and `accuracy`, means over the training rows as met while training, hence
        with the weights of all its steps; and, with validation rows, their cross-entropy
        `validation_loss` and `validation_accuracy` with the weights at its end.
    """
    x, y = rows
    orders = torch.Generator().manual_seed(seed)  # on the CPU: every device gets the same batches
    chance = torch.Generator(x.device).manual_seed(seed)
    steps = recipe.epochs * -(-len(y) // recipe.batch)
    stepped = recipe.steppers(model, steps)
    curves: dict[str, list[float]] = {}
    epochs = Epochs(recipe.epochs, label)
    for epoch in epochs:
        model.train()
        total = torch.zeros((), device=x.device)
        right = torch.zeros((), device=x.device, dtype=torch.int64)
        order = torch.randperm(len(y), generator=orders).to(x.device)
        for picked in counted(order.split(recipe.batch)):
            batch, wanted = x.index_select(0, picked), y[picked]
            if augment is not None:
                batch = augment(batch, chance)
            if view is not None:
                batch = view(batch, epoch)
            with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed):
                logits = model(batch)
            logits = logits.float()
            value = loss(logits, wanted)
            model.zero_grad()
            value.backward()
            for each in stepped:
                each.step()
            total += value.detach() * len(wanted)
            right += (logits.detach().argmax(dim=1) == wanted).sum()
        values = {"loss": total.item() / len(y), "accuracy": right.item() / len(y)}
        if validation is not None:
            logits = logits_of(model, validation[0], view=view, epoch=epoch, mixed=mixed)
            values |= {
                "validation_loss": functional.cross_entropy(logits, validation[1]).item(),
                "validation_accuracy": share_right(logits, validation[1]),
            }
        for name, number in values.items():
            curves.setdefault(name, []).append(number)
        epochs.report(**values)
    return {name: np.array(numbers) for name, numbers in curves.items()}


@torch.no_grad()
def logits_of(
    model: nn.Module, x: Tensor, *, batch: int = 500, view: View | None = None,
    epoch: int | None = None, mixed: bool = False,
) -> Tensor:  # fmt: skip
    """Logits (n, K), float32, of rows (n, …), in evaluation mode.

    Args:
        view, epoch: the rows as the network takes them in this epoch, by default in the end.
        mixed: products in bfloat16.
    """
    model.eval()
    with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed):
        parts = [model(view(part, epoch) if view else part).float() for part in x.split(batch)]
    return torch.cat(parts)


def to_device(*arrays: np.ndarray, device: torch.device) -> tuple[Tensor, ...]:
    """Arrays as tensors on the device."""
    return tuple(torch.from_numpy(np.ascontiguousarray(a)).to(device) for a in arrays)


def share_right(logits: Tensor, y: Tensor) -> float:
    """Share of the rows whose largest logit is that of their class; NaN without rows."""
    return (logits.argmax(dim=1) == y).double().mean().item()


def parameter_count(model: nn.Module) -> int:
    """Trainable numbers."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def perceptron(sizes: Sequence[int]) -> nn.Sequential:
    """Flatten, then fully connected layers `sizes = (d, h1, …, K)` with a ReLU between them.

    Initialized as PyTorch does: weights and biases uniform in ±1/√fan-in.
    """
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])  # logits have no ReLU
