"""Deep Learning HW 1, problem 4: train the perceptron of the text, or a convolutional network."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from problems.dl_hw1.p4_bloodmnist.model import RECIPES, build, scaled, turned
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.loop import fit, logits_of, parameter_count, share_right
from proofsheet.learning.recipes import changed


def train(
    data: Dataset, device: torch.device, *, network: str = "mlp", seed: int = 0, every: int = 1,
    **recipe: Any,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:  # fmt: skip
    """Train one network; its metrics, and its logits of the validation and test images.

    Args:
        data: images (n, 28, 28, 3) of bytes.
        network: `mlp` or `cnn`.
        every: n-th training image that is used.
        recipe: what differs from the network's recipe.
    """
    settings = changed(RECIPES[network], **recipe)
    rows, validation, test = (
        (scaled(part.x[::step], device), torch.from_numpy(part.y[::step].copy()).to(device))
        for part, step in ((data.train, every), (data.val, 1), (data.test, 1))
    )
    torch.manual_seed(seed)
    model = build(network).to(device)
    # The perceptron is trained as the text has it; the reference may be as fast as it can.
    reference = network == "cnn"
    curves = fit(
        model, rows, validation, settings, seed=seed, label=network,
        augment=turned if reference else None, mixed=reference and mixed_precision(device),
    )  # fmt: skip
    return {
        "network": network,
        "seed": seed,
        "parameters": parameter_count(model),
        "train_accuracy": share_right(logits_of(model, rows[0]), rows[1]),
        **vars(settings),
        **curves,
    } | ({} if reference else {"live_units": live_units(model, rows[0])}), {
        f"{name}_logits": logits_of(model, x).double().cpu().numpy()
        for name, (x, _) in (("val", validation), ("test", test))
    }


@torch.no_grad()
def live_units(model: torch.nn.Module, x: torch.Tensor) -> int:
    """Units of the first hidden layer that are above zero for at least one of the rows (n, …)."""
    first = model[:3]  # flatten, linear, ReLU
    return int(torch.stack([first(part).amax(dim=0) for part in x.split(1000)]).gt(0).any(0).sum())
