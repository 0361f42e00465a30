"""Which network is trained how on CIFAR-10 (CS 7643 PS 2, problem 7, part 2 and extra credit)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import nn

from proofsheet.jobs.device import on_gpu
from proofsheet.learning.augmentation import Augmentation
from proofsheet.learning.recipes import SgdRecipe
from proofsheet.learning.small_image_nets import BalancedNet, resnet32, two_layer, vanilla_cnn


@dataclass(frozen=True)
class Plan:
    """A network and its training.

    Attributes:
        network: from the training images (n, 32, 32, 3), for their mean and deviation.
        recipe: of the training on a CPU.
        gpu_epochs: epochs on a GPU, where they take seconds; None: as on a CPU.
        augment: of the training images.
        both_ways: each image is judged with its mirror image.
    """

    network: Callable[[np.ndarray], nn.Module]
    recipe: SgdRecipe
    gpu_epochs: int | None = None
    augment: Augmentation | None = None
    both_ways: bool = False
    options: dict[str, bool] = field(default_factory=dict)

    def build(self, images: np.ndarray, seed: int, device: torch.device) -> nn.Module:
        """The network with the initial weights of `seed`."""
        torch.manual_seed(seed)
        return self.network(images, **self.options).to(device)

    def on(self, device: torch.device) -> Plan:
        """The same with the epochs of the device."""
        epochs = (self.gpu_epochs if on_gpu(device) else None) or self.recipe.epochs
        return replace(self, recipe=replace(self.recipe, epochs=epochs))


PLANS = {
    # As the text has them: no augmentation, the rate divided by ten after 6 and 8 epochs.
    "two_layer": Plan(two_layer, SgdRecipe(10, 128, 0.1, milestones=(6, 8))),
    "vanilla_cnn": Plan(vanilla_cnn, SgdRecipe(10, 128, 1e-4, milestones=(6, 8))),
    "own": Plan(
        BalancedNet,
        SgdRecipe(
            epochs=9, batch=512, learning_rate=0.1, nesterov=True, rise=0.2, smoothing=0.1,
            muon=0.2,
        ),
        gpu_epochs=40,
        augment=Augmentation(mirror=True, reach=2),
        both_ways=True,
    ),
}  # fmt: skip

LONG_TAIL = Plan(
    resnet32,
    SgdRecipe(
        epochs=5,
        batch=128,
        learning_rate=0.1,
        nesterov=True,
        rise=0.2,
        weight_decay=5e-4,
        sides=(16, 16, 16, 24),
    ),
    gpu_epochs=60,
    augment=Augmentation(mirror=True, reach=4),
)


CHOICES: dict[str, Callable[[Plan], Plan]] = {
    "none": lambda plan: plan,
    "augmentation": lambda plan: replace(plan, augment=None),
    "normalization": lambda plan: replace(plan, options={"normalize": False}),
    "muon": lambda plan: replace(plan, recipe=replace(plan.recipe, muon=0.0, learning_rate=0.2)),
}
"""What is taken away from our own design, and how; `none` is the whole design."""
