"""CSCI 5527 HW 3, problem 4: train a strategy and score images; train the best one once more."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from problems.csci5527_hw3.p4_transfer.finetune import (
    build,
    classify,
    features,
    fit,
)
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision
from proofsheet.jobs.errors import UserError
from proofsheet.learning.loop import denormals_flushed
from proofsheet.learning.transfer_strategy import changed


@denormals_flushed()
def train(
    data: Dataset, device: torch.device, *, weights: Mapping[str, np.ndarray],
    strategies: Mapping[str, Mapping[str, Any]], strategy: str = "frozen", seed: int = 0,
    side: int = 128, images: int | None = None, epochs: int | None = None, **changes: Any,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:  # fmt: skip
    """Train one strategy.

    Args:
        data: radiographs (n, h, w) of bytes.
        weights: of the pretrained blocks.
        strategies: by name, attributes of `Strategy`.
        strategy: the name of the one that is trained.
        side: pixels of the side of a whole image, as the network sees it.
        images: about as many training images; None: all.
        epochs: at most; None: those of the strategy.
        changes: attributes of the strategy that differ.

    Raises:
        UserError: the training diverged.
    """
    plan = changed(strategy, strategies[strategy], changes)
    train = data.train
    if epochs is not None:  # of whole images, in one view
        plan = replace(plan, epochs=min(plan.epochs, epochs), sides=(), views=1)
    if images is not None:
        every = -(-len(train.y) // images)
        train = SimpleNamespace(x=train.x[::every], y=train.y[::every])
    start = time.perf_counter()
    mixed = mixed_precision(device)
    model = build(plan, weights, seed).to(device)
    fitted = fit(
        model, plan, train, data.val,
        side=side, seed=seed, label=strategy, device=device, mixed=mixed,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    if not np.isfinite(fitted["validation_loss"][-1]) and not changes:
        raise UserError(
            f"config.yaml: transfer.strategies.{strategy}: the loss on the validation images is"
            f" not finite; learning_rate {plan.learning_rate:g} is too large for it: lower it"
        )
    arrays = {}
    for part, shown in (("val", data.val), ("test", data.test)):
        if len(shown.y):
            seen = features(model, shown, plan.frozen, side, device, mixed)
            z = classify(model, seen, plan.frozen, device, mixed).double().cpu().numpy()
            arrays[f"{part}_score"] = z[:, 1] - z[:, 0]
            if plan.frozen == len(model.features):
                arrays[f"{part}_features"] = seen.float().cpu().numpy()
    return {
        "strategy": strategy,
        **asdict(plan),
        **fitted,
        "seconds": seconds,
        "training_images": len(train.y),
        "parameters": sum(p.numel() for p in model.parameters()),
        "trained_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "mixed": mixed,
    }, arrays | {
        f"state.{key}": value.float().cpu().numpy() for key, value in model.state_dict().items()
    }


def best_of(runs: Mapping[str, Mapping[str, Any]]) -> str:
    """The strategy with the highest validation accuracy; of equal ones the lower validation loss.

    The test images have no say in it.

    Args:
        runs: by strategy, metrics that `train` returned; the last epoch counts.
    """

    def rank(name: str) -> tuple[float, float]:
        return -runs[name]["validation_accuracy"][-1], runs[name]["validation_loss"][-1]

    return min(runs, key=rank)


def train_best(
    data: Dataset, device: torch.device, *, runs: Sequence[Mapping[str, Any]], **given: Any
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Train the best strategy with another seed.

    Args:
        runs: metrics that `train` returned, one for each strategy.
        given: arguments of `train`.
    """
    best = best_of({run["strategy"]: run for run in runs})
    return train(data, device, strategy=best, **given)
