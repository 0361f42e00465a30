"""Recipes of trainings: epochs, batch, optimizer and schedule of the learning rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class AdamRecipe:
    """Adam on the cross-entropy.

    Attributes:
        decay: of the learning rate: `none`, or `cosine` to zero, step by step.
    """

    epochs: int = 30
    batch: int = 64
    learning_rate: float = 1e-3
    decay: str = "none"

    def steppers(self, model: nn.Module, steps: int) -> Sequence[Any]:
        """PyTorch's Adam, and its schedule."""
        adam = torch.optim.Adam(model.parameters(), lr=self.learning_rate, fused=True)
        if self.decay == "none":
            return [adam]
        if self.decay != "cosine":
            raise ValueError(f"decay {self.decay!r} is neither none nor cosine")
        return [adam, torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)]


@dataclass(frozen=True)
class SgdRecipe:
    """SGD with momentum and L2, or Muon for the filters, under a schedule.

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

    def steppers(self, model: nn.Module, steps: int) -> Sequence[Any]:
        """The optimizers of `optimizers`, and a schedule for each."""
        found, share = self.optimizers(model), self.schedule(steps)
        return [*found, *(torch.optim.lr_scheduler.LambdaLR(each, share) for each in found)]

    def loss(self, logits: Tensor, classes: Tensor) -> Tensor:
        """Mean cross-entropy against (1 − s) e_y + s/K, with the smoothing s."""
        return functional.cross_entropy(logits, classes, label_smoothing=self.smoothing)

    def optimizers(self, model: nn.Module) -> list[torch.optim.Optimizer]:
        """SGD for all parameters, or Muon for matrices named `matrix` and SGD for the others."""
        named = list(model.named_parameters())
        matrices = [p for name, p in named if self.muon and name.endswith("matrix")]
        others = [p for name, p in named if not (self.muon and name.endswith("matrix"))]
        sgd = torch.optim.SGD(
            others, lr=self.learning_rate, momentum=self.momentum, nesterov=self.nesterov,
            weight_decay=self.weight_decay, fused=True,
        )  # fmt: skip
        if not matrices:
            return [sgd]
        muon = torch.optim.Muon(
            matrices, lr=self.muon, momentum=self.muon_momentum, weight_decay=self.muon_decay
        )
        return [muon, sgd]

    def schedule(self, steps: int) -> Callable[[int], float]:
        """Step (from 0) → share of the largest learning rate."""
        per_epoch = steps // self.epochs

        def share(step: int) -> float:
            fall = 0.1 ** sum(step >= milestone * per_epoch for milestone in self.milestones)
            if self.rise is None:
                return fall
            up = (step + 1) / max(self.rise * steps, 1)
            down = (steps - step) / max((1 - self.rise) * steps, 1)
            return fall * min(up, down, 1.0)

        return share


def changed(recipe: Any, **settings: Any) -> Any:
    """The recipe with some settings changed; None leaves a setting as it is.

    Images that grow do not when no epoch is left in which they are whole.
    """
    new = replace(recipe, **{key: value for key, value in settings.items() if value is not None})
    if len(getattr(new, "sides", ())) >= new.epochs:
        new = replace(new, sides=())
    return new
