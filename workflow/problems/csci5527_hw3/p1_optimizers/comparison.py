"""Optimizers compared: how long their steps are, and what networks that they trained get wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from problems.csci5527_hw3.p1_optimizers.network import OPTIMIZERS
from proofsheet.learning.classification import overfitting
from proofsheet.learning.optimizer_paths import path

CURVES = ("loss", "accuracy", "validation_loss", "validation_accuracy")

REQUIRED = 0.98
"""The test accuracy that part (e) of the problem asks for."""

Runs = Sequence[Mapping[str, np.ndarray]]
"""One mapping per seed: the curves, and the classes `predicted` of the test images (n,)."""


def over_seeds(runs: Sequence[Mapping[str, Any]], arrays: Runs) -> dict[str, Any]:
    """One optimizer's trainings: test accuracies, and the mean curves at their ends.

    Args:
        runs: one mapping per seed, with `test_accuracy`.
        arrays: as many, with the curves of `proofsheet.learning.loop.fit`.
    """
    accuracies = np.array([run["test_accuracy"] for run in runs])
    curves = {name: np.mean([found[name] for found in arrays], axis=0) for name in CURVES}
    return {
        "test_accuracy": accuracies.mean(),
        "test_accuracies": accuracies,
        "first_loss": curves["loss"][0],
        **{name: curve[-1] for name, curve in curves.items()},
        "overfitting": overfitting(curves["validation_loss"].tolist()),
    }


def paired(first: Runs, second: Runs, truth: np.ndarray) -> tuple[float, float]:
    """The difference of two groups' accuracies on the same images, and its standard deviation.

    With d_i the share of the first that answer image i correctly, minus that of the second, the
    accuracies differ by Σ d_i / n. If each d_i could as well have the other sign, that has the
    standard deviation √(Σ d_i²) / n. Both are 0 where all answers agree.

    Args:
        first, second: trainings, with `predicted`.
        truth: (n,) classes.
    """
    shares = [
        np.mean([run["predicted"] == truth for run in runs], axis=0) for runs in (first, second)
    ]
    d = shares[0] - shares[1]
    return float(d.mean()), float(np.sqrt((d**2).sum()) / len(d))


def agreement(
    ours: Mapping[str, Runs], builtin: Mapping[str, Runs], truth: np.ndarray
) -> dict[str, Any]:
    """How far our optimizers' accuracies are from those of their counterparts in PyTorch.

    Args:
        ours, builtin: trainings from the same seeds, by optimizer.
        truth: (n,) classes of the images.

    Returns:
        The largest difference, its optimizer and its paired deviation; the largest ratio of the
        two; and per optimizer the share of images that the first two trainings answer differently.
    """
    found = {name: paired(ours[name], builtin[name], truth) for name in ours}
    name = max(found, key=lambda key: abs(found[key][0]))
    return {
        "largest_difference": abs(found[name][0]),
        "largest_of": OPTIMIZERS[name].__name__,
        "paired_deviation": found[name][1],
        "largest_in_deviations": max(abs(d) / (s or 1) for d, s in found.values()),
        "different": {
            name: np.mean(ours[name][0]["predicted"] != builtin[name][0]["predicted"])
            for name in ours
        },
    }


def ranking(
    results: Mapping[str, Mapping[str, Any]], runs: Mapping[str, Runs], truth: np.ndarray
) -> dict[str, Any]:
    """Which optimizers do best and worst on the test images, and how far apart they are.

    Args:
        results: what `over_seeds` returns, by optimizer.
        runs: the trainings of the same.
        truth: (n,) classes of the test images.
    """
    order = sorted(results, key=lambda name: -results[name]["test_accuracy"])
    best, last = order[0], order[-1]
    gap, deviation = paired(runs[best], runs[last], truth)
    return {
        "best": OPTIMIZERS[best].__name__,
        "last": OPTIMIZERS[last].__name__,
        "gap": gap,
        "paired_deviation": deviation,
        "gap_in_deviations": gap / (deviation or 1),
        "passed": sum(result["test_accuracy"] >= REQUIRED for result in results.values()),
        "least": min(min(result["test_accuracies"]) for result in results.values()),
    }


def tuning_summary(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a search chose, from the result of its job.

    Args:
        found: with the `chosen` settings, and per axis of the search, under `axes`, each `value`
            with its `validation_accuracy`.
    """
    rates = found["axes"]["lr"]
    scores = [trial["validation_accuracy"] for trial in rates]
    return {
        "chosen": found["chosen"],
        "validation_accuracy": max(scores),
        "worst_validation_accuracy": min(scores),
        "at_an_end": found["chosen"]["lr"] in (rates[0]["value"], rates[-1]["value"]),
    }


def step_lengths(steps: int) -> dict[str, np.ndarray]:
    """|θ_{t+1} − θ_t| in units of α under given gradients, for the optimizers' default settings.

    Returns:
        Each (steps,): `constant_<optimizer>` for gradients of size 1, and `change_<optimizer>` for
        gradients that shrink to a hundredth after half the steps.
    """
    sizes = {
        "constant": np.ones((steps, 1)),
        "change": np.where(np.arange(steps) < steps // 2, 1.0, 0.01)[:, None],
    }
    lengths = {}
    for case, g in sizes.items():
        for name in ("adagrad", "rmsprop", "adam"):
            run = path(
                lambda params, name=name: OPTIMIZERS[name](params, lr=1.0),
                np.zeros(1),
                lambda t, _, g=g: g[t - 1],
                steps,
            )
            lengths[f"{case}_{name}"] = np.abs(np.diff(run[:, 0]))
    return lengths
