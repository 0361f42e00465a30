"""Deep Learning HW 1, problem 5: a deep perceptron with one activation and one initialization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from problems.dl_hw1.p5_initialization.fit import HIDDEN, fit
from problems.dl_hw1.p5_initialization.model import DeepNetworks, standardized
from proofsheet.jobs.device import mixed_precision
from proofsheet.sweeps.on_device import device_of, to_device
from proofsheet.sweeps.runs import Common, Metrics, of_logits


def run(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """ReLU and He's initialization unless swept; one network."""
    given = {
        "activation": "relu",
        "method": "he",
        "hidden": HIDDEN,
        "seed": common.start["seeds"][0],
        **{name: common.start[name] for name in ("epochs", "images")},
        **parameters,
    }
    device = device_of(common)
    pixels = common.data.train.x
    pixel_mean, pixel_std = float(pixels.mean()), float(pixels.std())
    (x, y), (val_x, _) = (
        (
            standardized(part.x[:images], pixel_mean, pixel_std).to(device),
            *to_device(part.y[:images], device=device),
        )
        for part, images in ((common.data.train, given["images"]), (common.data.val, None))
    )
    networks = DeepNetworks(
        (x.shape[1], *given["hidden"], len(common.data.class_names)),
        given["method"], given["activation"], [given["seed"]], device,
    )  # fmt: skip
    fit(
        networks, x, y, given["epochs"], label=f"{given['activation']} {given['method']}",
        mixed=mixed_precision(device),
        **{name: given[name] for name in ("learning_rate", "batch") if name in given},
    )  # fmt: skip
    with torch.no_grad():
        return of_logits(networks(val_x)[0].cpu().numpy(), common.data.val.y)
