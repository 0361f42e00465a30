"""Deep Learning HW 1, problem 6: the perceptron of the NumPy library on digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from problems.dl_hw1.p6_mytorch.fit import BATCH, RATE, SIZES, perceptron, rows_of
from problems.dl_hw1.p6_mytorch.fit import train as fit
from proofsheet.sweeps.runs import Common, Metrics, of_logits


def train(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """Sizes, rate and batches of the text unless swept; the weights are those of the last step."""
    given = {
        "init": "xavier",
        "hidden": SIZES[1:-1],
        "learning_rate": RATE,
        "batch": BATCH,
        "seed": common.start["seeds"][0],
        **{name: common.start[name] for name in ("epochs", "images")},
        **parameters,
    }
    images, y = (part[: given["images"]] for part in (common.data.train.x, common.data.train.y))
    mean, std = images.mean(), images.std()
    model = perceptron((SIZES[0], *given["hidden"], SIZES[-1]), given["init"], given["seed"])
    fit(
        model, rows_of(images, mean, std), y, epochs=given["epochs"], rate=given["learning_rate"],
        batch=given["batch"], rng=np.random.default_rng([given["seed"], 1]),
    )  # fmt: skip
    return of_logits(model.forward(rows_of(common.data.val.x, mean, std)), common.data.val.y)
