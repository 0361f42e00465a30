"""Deep Learning HW 1, problem 4: one network for blood cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from proofsheet.blood_cells import RECIPES, scaled
from proofsheet.blood_training import fit, shortened
from proofsheet.sweep_runs import Common, Metrics, of_logits
from proofsheet.sweep_runs.on_device import device_of, to_device
from proofsheet.training import logits_of


def train(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """The perceptron unless swept, with its recipe but for what is swept."""
    given = dict(parameters)
    kind, seed = given.pop("network", "mlp"), given.pop("seed", common.start["seed"])
    device = device_of(common)
    rows, validation = (
        (scaled(part.x, device), *to_device(part.y, device=device))
        for part in (common.data.train, common.data.val)
    )
    recipe = RECIPES[kind]
    if common.quick:
        recipe, rows = shortened(recipe, rows)
    model, _ = fit(kind, rows, validation, replace(recipe, **given), seed=seed)
    return of_logits(logits_of(model, validation[0]).cpu().numpy(), common.data.val.y)
