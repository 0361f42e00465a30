"""EECS 182 HW 5, question 5 (i): the network whose training images show their class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from problems.eecs182_hw5.q5_dropout.cheating_feature import (
    BATCH,
    LEARNING_RATE,
    normalized,
    write_answer,
)
from problems.eecs182_hw5.q5_dropout.fit import fit
from proofsheet.learning.loop import Recipe, logits_of
from proofsheet.sweeps.on_device import device_of, to_device
from proofsheet.sweeps.runs import Common, Metrics, of_logits


def train(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """No dropout unless swept; measured on validation images that do not show their class."""
    given = {
        "rate": 0.0,
        "learning_rate": LEARNING_RATE,
        "batch": BATCH,
        **{name: common.start[name] for name in ("seed", "epochs", "images")},
        **parameters,
    }
    device, images = device_of(common), given["images"]
    train, val = common.data.train, common.data.val
    y, val_y = to_device(train.y[:images], val.y, device=device)
    x = write_answer(normalized(train.x[:images], device), y)
    clean = normalized(val.x, device)
    recipe = Recipe(given["epochs"], given["batch"], given["learning_rate"])
    model, _ = fit(
        given["rate"], (x, y), (clean, val_y), recipe,
        classes=len(common.data.class_names), seed=given["seed"],
    )  # fmt: skip
    return of_logits(logits_of(model, clean).cpu().numpy(), val.y)
