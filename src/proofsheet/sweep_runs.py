"""The runs that a sweep repeats. None of them reads a test set: settings are compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from proofsheet import digit_network
from proofsheet.data.dataset import Dataset
from proofsheet.mlp import MLP, MLP_START, fit_mlp
from proofsheet.training import Recipe
from proofsheet.tuning import Trial, scored

RunOne = Callable[[Dataset, Mapping[str, Any], torch.device, str], dict[str, float]]
"""Data, parameters, device and preset, to metrics of the validation rows."""


def dry_beans(
    data: Dataset, parameters: Mapping[str, Any], device: torch.device, preset: str
) -> dict[str, float]:
    """Perceptrons on measured beans; what is left out is as problem 4 starts."""
    settings = {**MLP_START[preset], **parameters}
    seed = settings.pop("seed", 0)
    settings["hidden"] = tuple(settings["hidden"])
    validation = (data.val.x, data.val.y)
    predict, curves, _ = fit_mlp(
        settings, (data.train.x, data.train.y), seed=seed, device=device, validation=validation
    )
    return _metrics(scored(MLP, settings, predict, validation, curves=curves))


def digits(
    data: Dataset, parameters: Mapping[str, Any], device: torch.device, preset: str
) -> dict[str, float]:
    """The convolutional network for digits, with one optimizer."""
    quick = preset == "quick"
    name = parameters.get("optimizer", "adam")
    settings = dict(digit_network.START[name])
    settings["lr"] = parameters.get("learning_rate", settings["lr"])
    images = parameters.get("images", 1500 if quick else None)
    rows, validation = (
        (
            digit_network.scaled(part.x[:images], device),
            torch.from_numpy(part.y[:images]).to(device),
        )
        for part in (data.train, data.val)
    )
    epochs = parameters.get("epochs", 2 if quick else 6)
    model, curves = digit_network.fit(
        name, settings, rows, validation, Recipe(epochs=epochs, batch=digit_network.BATCH),
        seed=parameters.get("seed", 0), implementation=parameters.get("implementation", "ours"),
    )  # fmt: skip
    x, y = validation
    return _metrics(
        scored(
            name, settings, lambda seen: digit_network.predictions(model, seen),
            (x, y.cpu().numpy()), curves=curves,
        )
    )  # fmt: skip


RUNS: Mapping[str, RunOne] = {
    "csci5527_hw2/p4_dry_beans_mlp": dry_beans,
    "csci5527_hw3/p1_optimizers_train": digits,
}
"""By the names in `sweeps.SWEEPABLE`."""


def _metrics(trial: Trial) -> dict[str, float]:
    return {
        "validation_accuracy": trial.validation_accuracy,
        "validation_macro_f1": trial.validation_macro_f1,
        "validation_loss": float(trial.curves["validation_loss"][-1]),
    }
