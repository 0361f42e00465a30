"""Train a network on images in memory by SGD with momentum, or by Muon, under a schedule.

As `learning.loop`, for what CS 7643 PS 2, problem 7, asks of a training: momentum and L2, a
learning rate that falls in steps or on a line, any loss. Images stay bytes on the device; a batch
is a gather, and nothing is read back within an epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from proofsheet.jobs.progress import Epochs
from proofsheet.learning.augmentation import Augmentation, as_input, mirrored, smaller
from proofsheet.learning.loop import denormals_flushed

Criterion = Callable[[Tensor, Tensor], Tensor]
"""Logits (b, K) and classes (b,) to the mean loss of the batch."""

Images = tuple[Tensor, Tensor]
"""Bytes (n, h, w, 3) and classes (n,) int64, on one device."""


@dataclass(frozen=True)
class SgdRecipe:
    """How a network is trained.

    Attributes:
        learning_rate: the largest one of the schedule.
        weight_decay: λ of λ/2 ‖w‖² in the loss (L2).
        nesterov: the gradient is taken as if after the next step of the momentum.
        milestones: after these epochs the rate is divided by ten.
        rise: share of the steps during which the rate rises from 0 on a line, to fall on a line
            to 0 until the end; None: no line.
        smoothing: share of each label that is spread evenly over all classes.
        sides: pixels of the side of all images in the first epochs, one number for each; after
            them they are as they come.
        muon: learning rate of Muon, which moves the matrices of `Filters`; SGD moves the rest.
            0: SGD moves all.
        muon_momentum, muon_decay: of Muon; its decay shrinks the weights by rate · decay a step.
    """

    epochs: int
    batch: int = 128
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    nesterov: bool = False
    milestones: tuple[int, ...] = ()
    rise: float | None = None
    smoothing: float = 0.0
    sides: tuple[int, ...] = ()
    muon: float = 0.0
    muon_momentum: float = 0.6
    muon_decay: float = 0.1


@denormals_flushed()
def fit(
    model: nn.Module,
    images: Images,
    validation: Images | None,
    recipe: SgdRecipe,
    *,
    seed: int,
    label: str,
    augment: Augmentation | None = None,
    loss: Criterion | None = None,
    mixed: bool = False,
) -> dict[str, np.ndarray]:
    """Fit `model` in place; validation images, if there are any, are watched and decide nothing.

    Args:
        model: maps bytes (b, 3, h, w) to logits (b, K); on the device of the images.
        images: training data. The order of an epoch is drawn anew; its last batch may be smaller.
        validation: measured after each epoch; None: nothing is.
        recipe: optimizer, schedule, epochs.
        seed: of the orders and of `augment`; the model comes with its own initial weights.
        label: of the progress bar.
        augment: applied to each training batch.
        loss: cross-entropy (with the recipe's smoothing) if none is given.
        mixed: products in bfloat16; weights, sums and the loss stay float32.

    Returns:
        Per epoch `loss` and `accuracy`, means over the batches as met in training, and, with
        validation images, `validation_accuracy`.
    """
    x, y = images
    loss = loss or SmoothedCrossEntropy(recipe.smoothing)
    orders = torch.Generator().manual_seed(seed)  # on the CPU: every device gets the same batches
    chance = torch.Generator(x.device).manual_seed(seed)
    steps = recipe.epochs * -(-len(y) // recipe.batch)
    optimizers = optimizers_of(model, recipe)
    rate = schedule(recipe, steps)
    schedules = [torch.optim.lr_scheduler.LambdaLR(each, rate) for each in optimizers]
    measured = ("loss", "accuracy", *(() if validation is None else ("validation_accuracy",)))
    curves = {name: np.zeros(recipe.epochs) for name in measured}
    epochs = Epochs(recipe.epochs, label)
    for epoch in epochs:
        model.train()
        side = recipe.sides[epoch] if epoch < len(recipe.sides) else None
        total = torch.zeros((), device=x.device)
        right = torch.zeros((), device=x.device, dtype=torch.int64)
        for picked in torch.randperm(len(y), generator=orders).to(x.device).split(recipe.batch):
            batch, wanted = x.index_select(0, picked), y[picked]
            if augment is not None:
                batch = augment(batch, chance)
            seen = as_input(batch)
            if side is not None:
                seen = smaller(seen, side)
            with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed):
                logits = model(seen)
            logits = logits.float()
            value = loss(logits, wanted)
            for each in optimizers:
                each.zero_grad()
            value.backward()
            for each in (*optimizers, *schedules):
                each.step()
            total += value.detach() * len(wanted)
            right += (logits.detach().argmax(dim=1) == wanted).sum()
        values = {"loss": total.item() / len(y), "accuracy": right.item() / len(y)}
        if validation is not None:
            found = logits_of(model, validation[0], mixed=mixed, side=side).argmax(dim=1)
            values["validation_accuracy"] = (found == validation[1]).double().mean().item()
        for name, number in values.items():
            curves[name][epoch] = number
        epochs.report(**values)
    return curves


class SmoothedCrossEntropy:
    """Cross-entropy against (1 − s) e_y + s/K: `SmoothedCrossEntropy(0.1)(logits, classes)`."""

    def __init__(self, smoothing: float = 0.0) -> None:
        self.smoothing = smoothing

    def __call__(self, logits: Tensor, classes: Tensor) -> Tensor:
        """The mean over the batch."""
        return functional.cross_entropy(logits, classes, label_smoothing=self.smoothing)


def optimizers_of(model: nn.Module, recipe: SgdRecipe) -> list[torch.optim.Optimizer]:
    """SGD for all parameters, or Muon for matrices named `matrix` and SGD for the others."""
    named = list(model.named_parameters())
    matrices = [p for name, p in named if recipe.muon and name.endswith("matrix")]
    others = [p for name, p in named if not (recipe.muon and name.endswith("matrix"))]
    sgd = torch.optim.SGD(
        others, lr=recipe.learning_rate, momentum=recipe.momentum, nesterov=recipe.nesterov,
        weight_decay=recipe.weight_decay, fused=True,
    )  # fmt: skip
    if not matrices:
        return [sgd]
    muon = torch.optim.Muon(
        matrices, lr=recipe.muon, momentum=recipe.muon_momentum, weight_decay=recipe.muon_decay
    )
    return [muon, sgd]


def schedule(recipe: SgdRecipe, steps: int) -> Callable[[int], float]:
    """Step (from 0) → share of the largest learning rate."""
    per_epoch = steps // recipe.epochs

    def share(step: int) -> float:
        fall = 0.1 ** sum(step >= milestone * per_epoch for milestone in recipe.milestones)
        if recipe.rise is None:
            return fall
        up = (step + 1) / max(recipe.rise * steps, 1)
        down = (steps - step) / max((1 - recipe.rise) * steps, 1)
        return fall * min(up, down, 1.0)

    return share


@torch.no_grad()
def logits_of(
    model: nn.Module, images: Tensor, *, both_ways: bool = False, mixed: bool = False,
    side: int | None = None, batch: int = 500,
) -> Tensor:  # fmt: skip
    """Logits (n, K), float32, of bytes (n, h, w, 3), in evaluation mode.

    Args:
        both_ways: the mean of the logits of each image and of its mirror image.
        mixed: products in bfloat16.
        side: pixels of the side at which the images are shown; None: as they are.
    """
    model.eval()
    views = (lambda part: part, mirrored) if both_ways else (lambda part: part,)
    found = []
    with torch.autocast(images.device.type, torch.bfloat16, enabled=mixed):
        for part in images.split(batch):
            shown = [as_input(view(part)) for view in views]
            if side is not None:
                shown = [smaller(each, side) for each in shown]
            found.append(sum(model(each).float() for each in shown) / len(views))
    return torch.cat(found)
