"""Deep Learning HW 1, problem 5: train one activation with one initialization, a net per seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from problems.dl_hw1.p5_initialization.model import (
    DeepNetworks,
    accuracies,
    standardized,
    statistics,
    train_epoch,
    trained_state,
)
from problems.dl_hw1.p5_initialization.signal_propagation import predicted_statistics
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision
from proofsheet.jobs.progress import Epochs

HIDDEN = (256,) * 5
PROBED = 256
"""Images for the statistics before training."""


def train(
    data: Dataset,
    device: torch.device,
    *,
    activation: str = "relu",
    method: str = "he",
    seed: int = 0,
    seeds: Sequence[int] | None = None,
    hidden: Sequence[int] = HIDDEN,
    images: int | None = None,
    epochs: int = 10,
    learning_rate: float = 0.1,
    batch: int = 128,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Statistics of the networks before training, then their losses and test accuracies.

    Args:
        data: images (n, 28, 28) of bytes. Nothing is tuned.
        activation, method: of the hidden layers, and of the initial weights.
        seeds: one network each, trained side by side; without them there is one of `seed`. Zero
            weights are the same for every seed, so of `zero` only the first is trained.
        images: training images; None: all.
    """
    seeds = [seed] if seeds is None else list(seeds)
    if method == "zero":
        seeds = seeds[:1]
    pixels = data.train.x
    mean, std = float(pixels.mean()), float(pixels.std())
    x, val_x, test_x = (
        standardized(part, mean, std).to(device)
        for part in (pixels[:images], data.val.x, data.test.x)
    )
    y, test_y = (torch.from_numpy(p).to(device) for p in (data.train.y[:images], data.test.y))

    networks = DeepNetworks(
        (x.shape[1], *hidden, len(data.class_names)), method, activation, seeds, device
    )
    # The same images for every method: one seed decides.
    picked = np.random.default_rng(seeds[0]).choice(len(y), min(PROBED, len(y)), replace=False)
    probe = torch.from_numpy(picked).to(device)
    before = statistics(networks, x[probe], y[probe])
    predicted = predicted_statistics(
        x[probe].double().square().sum(dim=1).cpu().numpy(), networks.sizes, method, activation
    )

    mixed = mixed_precision(device)
    losses, shown = [], Epochs(epochs, f"{activation} {method}")
    for _ in shown:
        losses.append(
            train_epoch(networks, x, y, learning_rate=learning_rate, batch=batch, mixed=mixed)
        )
        shown.report(loss=losses[-1].mean())
    with torch.no_grad():
        val_logits = networks(val_x)[0].cpu().numpy()
    return {
        "activation": activation,
        "method": method,
        "seeds": seeds,
        "sizes": networks.sizes,
        "images": len(y),
        "mixed": mixed,
        "test_images": len(test_y),
        "pixel": {"mean": mean / 255, "std": std / 255},
        "test_accuracies": accuracies(networks, test_x, test_y),
        "trained": trained_state(networks, y),
    }, {
        "losses": np.concatenate(losses, axis=1),
        "epoch_losses": np.stack([part.mean(axis=1) for part in losses], axis=1),
        "val_logits": val_logits,
        **before,
        **{f"predicted_{name}": value for name, value in predicted.items()},
    }
