"""CSCI 5527 HW 3, problem 1: the network for digits, with one optimizer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from problems.csci5527_hw3.p1_optimizers import network
from proofsheet.learning.loop import Recipe, logits_of
from proofsheet.sweeps.on_device import device_of, to_device
from proofsheet.sweeps.runs import Common, Metrics, of_logits


def train(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """Our Adam unless swept; what is not swept of an optimizer is PyTorch's default, not tuned."""
    given = {"batch": network.BATCH, "seed": 0, **common.start, **parameters}
    name = given.get("optimizer", "adam")
    settings = dict(network.START[name])
    for key, swept in (("lr", "learning_rate"), ("weight_decay", "weight_decay")):
        if swept in given:
            settings[key] = given[swept]
    device = device_of(common)
    rows, validation = (
        (network.scaled(part.x[:images], device), *to_device(part.y[:images], device=device))
        for part, images in (
            (common.data.train, given["images"]),
            (common.data.val, common.start["images"]),
        )
    )
    model, _ = network.fit(
        name, settings, rows, validation, Recipe(epochs=given["epochs"], batch=given["batch"]),
        seed=given["seed"], implementation=given.get("implementation", "ours"),
    )  # fmt: skip
    return of_logits(logits_of(model, validation[0]).cpu().numpy(), validation[1].cpu().numpy())
