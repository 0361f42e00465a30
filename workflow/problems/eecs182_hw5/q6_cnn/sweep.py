"""EECS 182 HW 5, question 6, PyTorch part: the course's networks, and designs of our own.

The question takes half of the test images for validation. A sweep leaves all of them alone: it
trains on the training part and is measured on the validation part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from problems.eecs182_hw5.q6_cnn.designs import DESIGNS, GIVEN, GIVEN_BATCH, GIVEN_EPOCHS
from problems.eecs182_hw5.q6_cnn.fit import fit_given
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import Recipe
from proofsheet.learning.loop import logits_of as logits_of_given
from proofsheet.learning.sgd_loop import fit, logits_of
from proofsheet.sweeps.on_device import device_of, to_device
from proofsheet.sweeps.runs import Common, Metrics, of_logits


def given(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """The plain network unless swept; dropout is an option of both."""
    chosen = {
        "network": "plain",
        "batch": GIVEN_BATCH,
        "epochs": common.start["epochs"] or GIVEN_EPOCHS,
        **{name: common.start[name] for name in ("seed", "images")},
        **parameters,
    }
    options = GIVEN[chosen["network"]] | {k: v for k, v in chosen.items() if k == "dropout"}
    device = device_of(common)
    rows, validation = _rows(common, chosen["images"], device)
    recipe = Recipe(chosen["epochs"], chosen["batch"], chosen.get("learning_rate", 1e-3))
    model, _ = fit_given(
        options, rows, validation, recipe, classes=len(common.data.class_names),
        seed=chosen["seed"], label=chosen["network"],
    )  # fmt: skip
    return of_logits(
        logits_of_given(model, validation[0]).cpu().numpy(), validation[1].cpu().numpy()
    )


def trial(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """A short training of the base design unless swept."""
    swept = dict(parameters)
    design = DESIGNS[swept.pop("design", "base")].short(common.start["epochs"])
    design = replace(design, recipe=replace(design.recipe, **{
        name: value for name, value in swept.items() if name not in ("seed", "images")
    }))  # fmt: skip
    seed = swept.get("seed", common.start["seed"])
    device = device_of(common)
    rows, validation = _rows(common, swept.get("images", common.start["images"]), device)
    model = design.build(rows[0].cpu().numpy(), len(common.data.class_names), seed).to(device)
    mixed = mixed_precision(device)
    fit(
        model, rows, validation, design.recipe,
        seed=seed, label="trial", augment=design.augment, mixed=mixed,
    )  # fmt: skip
    z = logits_of(model, validation[0], mixed=mixed)
    return of_logits(z.cpu().numpy(), validation[1].cpu().numpy())


def _rows(common: Common, images: int | None, device):
    """The first images of the training part, and the validation images, fewer in a trial run."""
    return (
        to_device(part.x[:few], part.y[:few], device=device)
        for part, few in ((common.data.train, images), (common.data.val, common.start["images"]))
    )
