"""Optimizers compared: how long their steps are, and what networks that they trained get wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from proofsheet.classification import overfitting
from proofsheet.digit_network import OPTIMIZERS
from proofsheet.steps import path

CURVES = ("loss", "accuracy", "validation_loss", "validation_accuracy")

REQUIRED = 0.98
"""The test accuracy that part (e) of the problem asks for."""


def over_seeds(
    runs: Sequence[Mapping[str, Any]], arrays: Sequence[Mapping[str, np.ndarray]]
) -> dict[str, Any]:
    """One optimizer's trainings: means over the seeds, and how far they spread.

    Args:
        runs: one mapping per seed, with `test_accuracy` and `settings`.
        arrays: as many, with the curves of `proofsheet.training.train`.
    """
    accuracies = np.array([run["test_accuracy"] for run in runs])
    curves = {name: np.mean([found[name] for found in arrays], axis=0) for name in CURVES}
    return {
        "test_accuracy": accuracies.mean(),
        "test_accuracies": accuracies,
        "test_accuracy_spread": np.ptp(accuracies),
        "lowest_test_accuracy": accuracies.min(),
        "first_loss": curves["loss"][0],
        **{name: curve[-1] for name, curve in curves.items()},
        "overfitting": overfitting(curves["validation_loss"].tolist()),
        "settings": runs[0]["settings"],
    }


def agreement(
    ours: Mapping[str, Mapping[str, Any]], builtin: Mapping[str, Mapping[str, Any]], images: int
) -> dict[str, Any]:
    """How far our optimizers' test accuracies are from those of their counterparts in PyTorch.

    Args:
        ours, builtin: what `over_seeds` returns, by optimizer.
        images: in the test set; one accuracy has the standard deviation √(p(1 − p)/images).
    """
    differences = {
        name: ours[name]["test_accuracy"] - builtin[name]["test_accuracy"] for name in ours
    }
    name = max(differences, key=lambda key: abs(differences[key]))
    p = float(np.mean([ours[key]["test_accuracy"] for key in ours]))
    deviation = math.sqrt(p * (1 - p) / images)
    # Two means over the same seeds and images: their difference is at most about as noisy.
    within = abs(differences[name]) <= 2 * deviation
    return {
        "differences": differences,
        "largest_difference": abs(differences[name]),
        "largest_of": OPTIMIZERS[name].__name__,
        "deviation": deviation,
        "verdict": (
            "less than two such deviations: chance explains it"
            if within
            else "more than two such deviations: chance alone does not explain it well"
        ),
    }


def ranking(ours: Mapping[str, Mapping[str, Any]], deviation: float) -> dict[str, Any]:
    """Which optimizer does best on the test images, and whether that says anything."""
    order = sorted(ours, key=lambda name: -ours[name]["test_accuracy"])
    best, last = order[0], order[-1]
    gap = ours[best]["test_accuracy"] - ours[last]["test_accuracy"]
    least = min(result["lowest_test_accuracy"] for result in ours.values())
    return {
        "best": OPTIMIZERS[best].__name__,
        "last": OPTIMIZERS[last].__name__,
        "gap": gap,
        "verdict": (
            "no more than two standard deviations of one accuracy, so that this order says little"
            if gap <= 2 * deviation
            else "more than two standard deviations of one accuracy"
        ),
        "passed": sum(result["test_accuracy"] >= REQUIRED for result in ours.values()),
        "least": least,
    }


def tuning_summary(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a search chose, from the result of its job.

    Args:
        found: with the `chosen` settings, the number of `trials`, and per axis of the search, under
            `axes`, each `value` with its `validation_accuracy`.
    """
    rates = found["axes"]["lr"]
    scores = [trial["validation_accuracy"] for trial in rates]
    at_an_end = found["chosen"]["lr"] in (rates[0]["value"], rates[-1]["value"])
    return {
        "chosen": found["chosen"],
        "trials": found["trials"],
        "validation_accuracy": max(scores),
        "worst_validation_accuracy": min(scores),
        "place": "at an end of" if at_an_end else "inside",
    }


def common_errors(
    predictions: Sequence[np.ndarray], truth: np.ndarray, shown: int = 12
) -> dict[str, Any]:
    """The images that most of some networks get wrong.

    Args:
        predictions: one array (n,) of classes per network.
        truth: (n,) classes.
        shown: how many images to pick.

    Returns:
        Counts of images that `all` and that `any` of the networks get wrong; of the worst images
        `rows`, the most frequent wrong answer `called`, and the number of networks that are wrong.
    """
    answers = np.stack(predictions)
    votes = (answers != truth).sum(axis=0)
    rows = np.argsort(-votes, kind="stable")[:shown]
    rows = rows[votes[rows] > 0]
    called = [np.bincount(answers[:, row][answers[:, row] != truth[row]]).argmax() for row in rows]
    return {
        "networks": len(answers),
        "all": (votes == len(answers)).sum(),
        "any": (votes > 0).sum(),
        "rows": rows,
        "called": np.array(called, dtype=np.int64),
        "votes": votes[rows],
    }


def step_lengths(steps: int, drop: float = 0.01) -> dict[str, np.ndarray]:
    """|θ_{t+1} − θ_t| in units of α under given gradients, for the optimizers' default settings.

    Args:
        steps: how many.
        drop: size of the gradients in the second half of `change`, and 1 in the first.

    Returns:
        `constant_<optimizer>` for gradients of size 1 and `change_<optimizer>`, each (steps,).
    """
    sizes = {
        "constant": np.ones((steps, 1)),
        "change": np.where(np.arange(steps) < steps // 2, 1.0, drop)[:, None],
    }
    lengths = {}
    for case, g in sizes.items():
        for name in ("adagrad", "rmsprop", "adam"):
            make = OPTIMIZERS[name]
            run = path(
                lambda params, make=make: make(params, lr=1.0),
                np.zeros(1),
                lambda t, _, g=g: g[t - 1],
                steps,
            )
            lengths[f"{case}_{name}"] = np.abs(np.diff(run[:, 0]))
    return lengths
