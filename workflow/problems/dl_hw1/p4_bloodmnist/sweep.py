"""Deep Learning HW 1, problem 4: one network for blood cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from problems.dl_hw1.p4_bloodmnist.fit import fit, shortened
from problems.dl_hw1.p4_bloodmnist.model import RECIPES, scaled
from proofsheet.learning.loop import logits_of
from proofsheet.sweeps.on_device import device_of, to_device
from proofsheet.sweeps.runs import Common, Metrics, of_logits


def train(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """The perceptron unless swept, with its recipe but for what is swept."""
    given = dict(parameters)
    kind, seed = given.pop("network", "mlp"), given.pop("seed", common.start["seed"])
    device = device_of(common)
    rows, validation = (
        (scaled(part.x, device), *to_device(part.y, device=device))
        for part in (common.data.train, common.data.val)
    )
    start = common.start
    recipe, rows = shortened(RECIPES[kind], rows, start["epochs"], start["every"])
    model, _ = fit(kind, rows, validation, replace(recipe, **given), seed=seed)
    return of_logits(logits_of(model, validation[0]).cpu().numpy(), common.data.val.y)
