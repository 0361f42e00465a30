"""Train a network on data that lives in memory: index tensors, one curve per quantity.

A data set of this size fits on the device as it is. A batch is then one `index_select`; decoding
each image anew in every epoch, as the usual data loader does, takes longer than the network.
Nothing is read back from the device within an epoch, so that a GPU is never waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from proofsheet.jobs.progress import Epochs

Rows = tuple[Tensor, Tensor]
"""x (n, …) float and y (n,) int64, on one device."""

Augment = Callable[[Tensor, torch.Generator], Tensor]
"""A batch, changed at random."""

MakeOptimizer = Callable[[Iterable[nn.Parameter], int], tuple[Any, Any]]
"""Of the parameters and the number of steps ahead: an optimizer with `step` and `zero_grad`, and
its schedule with `step`, or None."""


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: Adam on the cross-entropy, unless `train` is given another."""

    epochs: int = 30
    batch: int = 64
    learning_rate: float = 1e-3
    decay: str = "none"
    """Of the learning rate: `none`, or `cosine` to zero, step by step."""


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
def train(
    model: nn.Module,
    rows: Rows,
    validation: Rows,
    recipe: Recipe,
    *,
    seed: int,
    label: str,
    augment: Augment | None = None,
    mixed: bool = False,
    optimizer: MakeOptimizer | None = None,
) -> dict[str, np.ndarray]:
    """Fit `model` in place; the validation rows are watched and decide nothing.

    Args:
        model: maps (b, …) to logits (b, K); on the device of the rows.
        rows: training data. The order of an epoch is drawn anew; its last batch may be smaller.
        validation: measured after each epoch.
        recipe: optimizer, batch and epochs.
        seed: of the orders and of `augment`; the model comes with its own initial weights.
        label: of the progress bar.
        augment: applied to each training batch.
        mixed: products in bfloat16 while training; weights, sums and the loss stay float32.
        optimizer: makes what takes the steps; without it, the recipe's Adam and decay do.

    Returns:
        Per epoch `loss` and `accuracy`, means over the training rows as met while training, hence
        with the weights of all its steps, and `validation_loss` and `validation_accuracy` with
        the weights at its end.
    """
    x, y = rows
    orders = torch.Generator().manual_seed(seed)  # on the CPU: every device gets the same batches
    chance = torch.Generator(x.device).manual_seed(seed)
    steps = recipe.epochs * -(-len(y) // recipe.batch)
    stepper, schedule = (optimizer or _adam(recipe))(model.parameters(), steps)
    names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
    curves = {name: np.zeros(recipe.epochs) for name in names}
    epochs = Epochs(recipe.epochs, label)
    for epoch in epochs:
        model.train()
        total = torch.zeros((), device=x.device)
        right = torch.zeros((), device=x.device, dtype=torch.int64)
        for picked in torch.randperm(len(y), generator=orders).to(x.device).split(recipe.batch):
            batch, wanted = x.index_select(0, picked), y[picked]
            if augment is not None:
                batch = augment(batch, chance)
            with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed):
                logits = model(batch)
            logits = logits.float()
            loss = functional.cross_entropy(logits, wanted)
            stepper.zero_grad()
            loss.backward()
            stepper.step()
            if schedule is not None:
                schedule.step()
            total += loss.detach() * len(wanted)
            right += (logits.detach().argmax(dim=1) == wanted).sum()
        logits = logits_of(model, validation[0])
        values = (
            total.item() / len(y),
            right.item() / len(y),
            functional.cross_entropy(logits, validation[1]).item(),
            (logits.argmax(dim=1) == validation[1]).double().mean().item(),
        )
        for name, value in zip(names, values, strict=True):
            curves[name][epoch] = value
        epochs.report(**dict(zip(names, values, strict=True)))
    return curves


@torch.no_grad()
def logits_of(model: nn.Module, x: Tensor, batch: int = 512) -> Tensor:
    """Logits (n, K) of rows (n, …), in evaluation mode."""
    model.eval()
    return torch.cat([model(part) for part in x.split(batch)])


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


def _adam(recipe: Recipe) -> MakeOptimizer:
    """PyTorch's Adam with the learning rate and the decay of the recipe."""
    if recipe.decay not in ("none", "cosine"):
        raise ValueError(f"decay {recipe.decay!r} is neither none nor cosine")

    def make(parameters: Iterable[nn.Parameter], steps: int) -> tuple[Any, Any]:
        adam = torch.optim.Adam(parameters, lr=recipe.learning_rate, fused=True)
        if recipe.decay == "none":
            return adam, None
        return adam, torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)

    return make
