"""Deep Learning HW 1, problem 4: train the perceptron, as in the text or by a better recipe."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from problems.dl_hw1.p4_bloodmnist.model import (
    RECIPES,
    SIZES,
    all_turned,
    scaled,
    standardize,
    turned,
)
from proofsheet.data.dataset import Dataset
from proofsheet.learning.loop import fit, logits_of, parameter_count, perceptron, share_right
from proofsheet.learning.recipes import changed


def train(
    data: Dataset, device: torch.device, *, network: str = "mlp", seed: int = 0, every: int = 1,
    **recipe: Any,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:  # fmt: skip
    """Train the perceptron; its metrics, and its logits of the validation and test images.

    Args:
        data: images (n, 28, 28, 3) of bytes.
        network: `mlp` as in the text; or `better`, the same network by a better recipe, with
            its logits averaged over the eight ways to turn an image.
        every: n-th training image that is used.
        recipe: what differs from the network's recipe.
    """
    settings = changed(RECIPES[network], **recipe)
    rows, validation, test = (
        (scaled(part.x[::step], device), torch.from_numpy(part.y[::step].copy()).to(device))
        for part, step in ((data.train, every), (data.val, 1), (data.test, 1))
    )
    if network == "better":
        x = rows[0]
        rows, validation, test = ((standardize(p, x), y) for p, y in (rows, validation, test))
    torch.manual_seed(seed)
    model = perceptron(SIZES).to(device)
    curves = fit(
        model, rows, validation, settings, seed=seed, label=network,
        augment=None if network == "mlp" else turned,
    )  # fmt: skip

    def logits(x: Tensor) -> np.ndarray:
        ways = all_turned(x) if network == "better" else [x]
        return sum(logits_of(model, way).double() for way in ways).div(len(ways)).cpu().numpy()

    return {
        "network": network,
        "seed": seed,
        "parameters": parameter_count(model),
        "train_accuracy": share_right(logits_of(model, rows[0]), rows[1]),
        **vars(settings),
        **curves,
    } | ({"live_units": live_units(model, rows[0])} if network == "mlp" else {}), {
        f"{name}_logits": logits(x) for name, (x, _) in (("val", validation), ("test", test))
    }


@torch.no_grad()
def live_units(model: torch.nn.Module, x: torch.Tensor) -> int:
    """Units of the first hidden layer that are above zero for at least one of the rows (n, …)."""
    first = model[:3]  # flatten, linear, ReLU
    return int(torch.stack([first(part).amax(dim=0) for part in x.split(1000)]).gt(0).any(0).sum())
