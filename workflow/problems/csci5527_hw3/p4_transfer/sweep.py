"""CSCI 5527 HW 3, problem 4: one strategy of transfer to radiographs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from problems.csci5527_hw3.p4_transfer.finetune import (
    Images,
    build,
    classify,
    features,
    fit,
    shortened,
)
from proofsheet.jobs.atomic_files import read_arrays
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import denormals_flushed
from proofsheet.learning.transfer_strategy import changed, strategy_of
from proofsheet.sweeps.grid import START
from proofsheet.sweeps.on_device import device_of
from proofsheet.sweeps.runs import Common, Metrics, of_logits


@denormals_flushed()
def train(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """The strategy `frozen` of the configuration unless swept, and numbers of it that are swept."""
    given = {"strategy": START, **parameters}
    name, seed = given.pop("strategy"), given.pop("seed", common.start["seed"])
    side = given.pop("side", common.start["side"])
    strategy = strategy_of(name, common.start["strategies"][name])
    train, val = (Images(part.x, part.y) for part in (common.data.train, common.data.val))
    start = common.start
    strategy, train = shortened(strategy, train, start["epochs"], start["images"])
    strategy = changed(name, asdict(strategy), given)
    device = device_of(common)
    mixed = mixed_precision(device)
    model = build(strategy, read_arrays(common.inputs["weights"]), seed).to(device)
    fit(
        model, strategy, train, val, side=side, seed=seed, label=name, device=device, mixed=mixed
    )  # fmt: skip
    seen = features(model, val, strategy.frozen, side, device, mixed)
    return of_logits(classify(model, seen, strategy.frozen, device, mixed).cpu().numpy(), val.y)
