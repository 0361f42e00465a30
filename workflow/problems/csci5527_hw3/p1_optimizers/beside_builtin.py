"""PyTorch's optimizers in the short training that tunes ours, with the settings chosen for ours."""

from __future__ import annotations

import torch

from problems.csci5527_hw3.p1_optimizers.train import ENDS, Run, train, tune
from proofsheet.data.dataset import Dataset


def tune_beside_builtin(
    data: Dataset, device: torch.device, *, optimizer: str, seed: int, images: int | None,
    epochs: int,
) -> Run:  # fmt: skip
    """`tune`, and then the training with the chosen settings once more, by PyTorch's optimizer.

    Returns:
        Metrics of `tune`, and how PyTorch's training ends, `builtin`. The answers of `ours` and of
        `builtin` to the validation images (n,).
    """
    found, arrays = tune(data, device, optimizer=optimizer, seed=seed, images=images, epochs=epochs)
    _, theirs = train(
        data, device, optimizer=optimizer, implementation="builtin", seed=seed, images=images,
        epochs=epochs, tuning=found,
    )  # fmt: skip
    return found | {"builtin": {name: theirs[name][-1] for name in ENDS}}, {
        "ours": arrays["predicted"],
        "builtin": theirs["val_logits"].argmax(axis=1),
    }
