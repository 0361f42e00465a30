"""Which network is trained how on CIFAR-10 (CS 7643 PS 2, problem 7, part 2 and extra credit)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from proofsheet.learning.augmentation import Augmentation
from proofsheet.learning.cifar_plan import OWN, Plan
from proofsheet.learning.recipes import SgdRecipe
from proofsheet.learning.small_image_nets import resnet32, two_layer, vanilla_cnn

PLANS = {
    # As the text has them: no augmentation, the rate divided by ten after 6 and 8 epochs.
    "two_layer": Plan(two_layer, SgdRecipe(10, 128, 0.1, milestones=(6, 8))),
    "vanilla_cnn": Plan(vanilla_cnn, SgdRecipe(10, 128, 1e-4, milestones=(6, 8))),
    "own": OWN,
}

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
