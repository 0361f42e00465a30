"""Transfer learning: which blocks of a network are kept, which are frozen, and for how long.

Frozen blocks compute the same in every epoch, so their output is computed once, for a few
augmented views of every image; what remains to be trained is small. Where nothing is frozen, the
images may grow from epoch to epoch. The loss weighs both classes alike, and the network ends with
the mean of its weights over the last steps.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel

from problems.csci5527_hw3.p4_transfer.images import augmented, gray, network_input
from proofsheet.data.dataset import Part
from proofsheet.jobs.errors import UserError
from proofsheet.jobs.progress import Epochs
from proofsheet.learning.operations import counted
from proofsheet.learning.squeezenet import (
    BLOCKS,
    SqueezeNet,
    load_blocks,
    random_state,
)
from proofsheet.learning.transfer_strategy import Strategy

BATCH = 16
"""Images; more are slower on a CPU, whose cache they leave."""

WARMUP = 0.1
"""Share of the steps in which the learning rate rises; then it falls as a cosine."""

AVERAGED = 0.25
"""Share of the steps, the last ones, over which the weights are averaged."""


def build(strategy: Strategy, pretrained: Mapping[str, np.ndarray], seed: int) -> SqueezeNet:
    """The network before it is trained; its head starts at zero, so that both classes are even."""
    torch.manual_seed(seed)
    model = SqueezeNet(strategy.blocks)
    load_blocks(model, random_state(seed) if strategy.initial == "random" else pretrained)
    for name in BLOCKS[: strategy.frozen]:
        model.features[name].requires_grad_(False)
    torch.nn.init.zeros_(model.head.weight)
    torch.nn.init.zeros_(model.head.bias)
    return model


def class_weights(y: np.ndarray) -> np.ndarray:
    """n / (2 n_k) for each of the two classes k, so that both weigh the same in all."""
    counts = np.bincount(y, minlength=2)
    if (counts == 0).any():
        raise UserError(f"a class has no training images (images of each: {counts.tolist()})")
    return len(y) / (2 * counts)


def fit(
    model: SqueezeNet, strategy: Strategy, train: Part, validation: Part, *,
    side: int, seed: int, label: str, device: torch.device, mixed: bool,
) -> dict[str, Any]:  # fmt: skip
    """Train `model` in place; it ends with the mean of its weights over the last steps.

    Args:
        model: from `build`, on `device`.
        train, validation: radiographs (n, h, w) of bytes and their classes (n,).
        side: pixels of the side of a whole image, as the network sees it.
        seed: of orders, augmentation and dropout.
        label: of the progress bar.
        mixed: products in bfloat16; weights, sums and the loss stay float32.

    Returns:
        `loss`, `validation_loss` and `validation_accuracy` per epoch, the last two with the weights
        at its end or, once there is one, with their mean; and `steps`.
    """
    weights = torch.tensor(class_weights(train.y), dtype=torch.float32, device=device)
    y, y_val = (torch.from_numpy(np.array(part.y)).to(device) for part in (train, validation))
    chance = torch.Generator().manual_seed(seed)
    cast = {"device_type": device.type, "dtype": torch.bfloat16, "enabled": mixed}
    batches = _batches(model, strategy, train, side, chance, device, cast)
    seen = features(model, validation, strategy.frozen, side, device, mixed)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        trained, lr=strategy.learning_rate, weight_decay=strategy.decay, fused=True
    )
    steps = strategy.epochs * -(-len(y) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / steps))
    average = AveragedModel(model)
    curves: dict[str, list[float]] = defaultdict(list)
    done = 0
    torch.manual_seed(seed)
    epochs = Epochs(strategy.epochs, label)
    for epoch in epochs:
        model.train()
        total = torch.zeros((), device=device)
        for rows in counted(torch.randperm(len(y), generator=chance).split(BATCH)):
            x = batches(rows, epoch)
            with torch.autocast(**cast):
                logits = model(x, strategy.frozen)
            wanted = y[rows.to(device)]
            loss = functional.cross_entropy(logits.float(), wanted, weight=weights)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            done += 1
            if done > (1 - AVERAGED) * steps:
                average.update_parameters(model)
            total += loss.detach() * len(rows)
        judged = average.module if average.n_averaged else model
        logits = classify(judged, seen, strategy.frozen, device, mixed)
        curves["loss"].append(total.item() / len(y))
        curves["validation_loss"].append(
            functional.cross_entropy(logits, y_val, weight=weights).item()
        )
        curves["validation_accuracy"].append((logits.argmax(1) == y_val).double().mean().item())
        epochs.report(**{name: values[-1] for name, values in curves.items()})
    model.load_state_dict(average.module.state_dict())
    return {**curves, "steps": done}


@torch.no_grad()
def features(
    model: SqueezeNet, images: Part, frozen: int, side: int, device: torch.device, mixed: bool
) -> Tensor:
    """What enters the trained blocks: images (n, 1, side, side), maps, or means (n, c) of maps."""
    model.eval()
    seen = []
    for rows in torch.arange(len(images.y)).split(BATCH):
        x = network_input(gray(images.x, rows).to(device), side)
        seen.append(_through(model, x, frozen, mixed))
    return torch.cat(seen)


@torch.no_grad()
def classify(
    model: SqueezeNet, seen: Tensor, frozen: int, device: torch.device, mixed: bool
) -> Tensor:
    """Logits (n, K) float32, in evaluation mode, of what `features` gave."""
    model.eval()
    with torch.autocast(device.type, torch.bfloat16, enabled=mixed):
        return torch.cat([model(x, frozen).float() for x in seen.split(2 * BATCH)])


@torch.no_grad()
def _through(model: SqueezeNet, x: Tensor, frozen: int, mixed: bool) -> Tensor:
    """Images through the frozen blocks; after the last block only the mean is needed."""
    if frozen == 0:
        return x
    with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed):
        maps = model.run(x, 0, frozen)
        return maps.float().mean(dim=(2, 3)) if frozen == len(model.features) else maps


def _batches(
    model: SqueezeNet, strategy: Strategy, train: Part, side: int, chance: torch.Generator,
    device: torch.device, cast: Mapping[str, Any],
) -> Callable[[Tensor, int], Tensor]:  # fmt: skip
    """Of rows and the epoch: images augmented anew, or a view of what leaves the frozen blocks."""
    if strategy.frozen == 0:
        sides = dict(enumerate(strategy.sides))
        return lambda rows, epoch: augmented(
            gray(train.x, rows).to(device), min(sides.get(epoch, side), side), chance
        )
    model.eval()

    def view() -> Tensor:
        parts = []
        for rows in torch.arange(len(train.y)).split(BATCH):
            x = augmented(gray(train.x, rows).to(device), side, chance)
            parts.append(_through(model, x, strategy.frozen, cast["enabled"]))
        return torch.cat(parts)

    views = [view() for _ in range(min(strategy.views, strategy.epochs))]
    return lambda rows, epoch: views[epoch % len(views)].index_select(0, rows.to(device))


def _rate(progress: float) -> float:
    """Share of the learning rate after a share of all steps."""
    if progress < WARMUP:
        return (progress + 1e-3) / WARMUP
    return 0.5 * (1 + math.cos(math.pi * (progress - WARMUP) / (1 - WARMUP)))
