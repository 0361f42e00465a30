"""Train a network on CIFAR images by a plan (CS 7643 PS 2, problem 7; EECS 182 HW 5, question 6).

`OWN` is the design of our own of both problems: on CIFAR-10 it is trained once, in the first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision, on_gpu
from proofsheet.learning.augmentation import Augmentation, Growing, mirrored
from proofsheet.learning.loop import (
    Criterion,
    Rows,
    fit,
    logits_of,
    parameter_count,
    share_right,
    to_device,
)
from proofsheet.learning.recipes import SgdRecipe, changed
from proofsheet.learning.small_image_nets import BalancedNet

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""


@dataclass(frozen=True)
class Plan:
    """A network and its training.

    Attributes:
        network: from the training images (n, 32, 32, 3), for their mean and deviation.
        recipe: of the training on a CPU.
        gpu_epochs: epochs on a GPU, where they take seconds; None: as on a CPU.
        augment: of the training images.
        both_ways: each image is judged with its mirror image.
        options: of the network.
    """

    network: Callable[..., nn.Module]
    recipe: SgdRecipe
    gpu_epochs: int | None = None
    augment: Augmentation | None = None
    both_ways: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    def adapted(self, device: torch.device, epochs: int | None, recipe: dict[str, Any]) -> Plan:
        """The same for this device, with what differs from the recipe; epochs None: as planned."""
        planned = (self.gpu_epochs if on_gpu(device) else None) or self.recipe.epochs
        return replace(self, recipe=changed(self.recipe, epochs=epochs or planned, **recipe))

    def build(self, images: np.ndarray, seed: int, device: torch.device) -> nn.Module:
        """The network with the initial weights of `seed`."""
        torch.manual_seed(seed)
        return self.network(images, **self.options).to(device)

    def fit(
        self, rows: Rows, validation: Rows | None, *, seed: int, label: str,
        loss: Criterion | None = None,
    ) -> tuple[nn.Module, dict[str, np.ndarray], float]:  # fmt: skip
        """The network after its training, the curves, and the seconds that it took."""
        device = rows[0].device
        model = self.build(rows[0].cpu().numpy(), seed, device)
        start = time.perf_counter()
        curves = fit(
            model, rows, validation, self.recipe, seed=seed, label=label, augment=self.augment,
            view=Growing(self.recipe.sides), loss=loss or self.recipe.loss,
            mixed=mixed_precision(device),
        )  # fmt: skip
        return model, curves, time.perf_counter() - start

    def one_view(self, model: nn.Module, x: Tensor) -> Tensor:
        """Logits (n, K) of whole images (n, h, w, 3), without their mirror images."""
        return logits_of(model, x, view=Growing(), mixed=mixed_precision(x.device))

    def logits(self, model: nn.Module, x: Tensor, one_view: Tensor | None = None) -> Tensor:
        """Of whole images; the mean with those of their mirror images, where the plan has it.

        Args:
            one_view: logits without mirror images, if they are known.
        """
        first = self.one_view(model, x) if one_view is None else one_view
        return (first + self.one_view(model, mirrored(x))) / 2 if self.both_ways else first


# Nine epochs on a GPU, too: EECS 182 allows ten.
OWN = Plan(
    BalancedNet,
    SgdRecipe(
        epochs=9, batch=512, learning_rate=0.1, nesterov=True, rise=0.2, smoothing=0.1, muon=0.2
    ),
    augment=Augmentation(mirror=True, reach=2),
    both_ways=True,
)  # fmt: skip


def train_plan(
    plan: Plan, data: Dataset, device: torch.device, *, label: str, seed: int = 0,
    images: int | None = None, measured: int | None = None, epochs: int | None = None,
    **recipe: Any,
) -> Run:  # fmt: skip
    """Train a plan's network, and compute its logits of validation and test images.

    Args:
        data: images (n, 32, 32, 3) of bytes.
        images: training images; None: all.
        measured: validation images, and test images; None: all.
        epochs: None: those of the plan for this device.
        recipe: what differs from the plan's recipe.
    """
    plan = plan.adapted(device, epochs, recipe)
    rows, validation, test = rows_on(device, data, images, measured)
    model, curves, seconds = plan.fit(rows, validation, seed=seed, label=label)
    # The first of the training images say how much is learned by heart.
    few = rows[0][:5000], rows[1][:5000]
    one_view = plan.one_view(model, test[0])
    logits = {
        "val": plan.logits(model, validation[0]),
        "test": plan.logits(model, test[0], one_view),
        "one_view": one_view,
    }
    return {
        "network": label,
        "mixed": mixed_precision(device),
        "images": len(rows[1]),
        "parameters": parameter_count(model),
        "train_accuracy": share_right(plan.logits(model, few[0]), few[1]),
        "val_accuracy": share_right(logits["val"], validation[1]),
        "test_accuracy": share_right(logits["test"], test[1]),
        "one_view_accuracy": share_right(one_view, test[1]),
        "seconds": seconds,
        "images_per_second": len(rows[1]) * plan.recipe.epochs / seconds,
        "steps": plan.recipe.epochs * -(-len(rows[1]) // plan.recipe.batch),
        **vars(plan.recipe),
        "curves": curves,
    }, {f"{name}_logits": values.double().cpu().numpy() for name, values in logits.items()}


def rows_on(
    device: torch.device, data: Dataset, images: int | np.ndarray | None, measured: int | None
) -> list[Rows]:
    """Training, validation and test images, and their classes, on the device."""
    train = images if isinstance(images, np.ndarray) else slice(images)
    few = slice(measured)
    return [
        to_device(part.x[picked], part.y[picked], device=device)
        for part, picked in ((data.train, train), (data.val, few), (data.test, few))
    ]
