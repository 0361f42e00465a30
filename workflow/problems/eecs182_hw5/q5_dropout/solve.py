"""EECS 182 HW 5, question 5: one point under dropout, in closed form and trained; the cheat."""

from functools import partial
from pathlib import Path

import numpy as np
import torch

from problems.eecs182_hw5.q5_dropout import derivations
from problems.eecs182_hw5.q5_dropout.dropout_descent import (
    curvature,
    descend,
    loss_deviation,
    mean_iterate,
    moments,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json
from proofsheet.learning.accuracy_difference import accuracy_difference
from proofsheet.learning.dropout_of_one_point import (
    dropout_rows,
    limit_of_minimizers,
    minimizer,
    smallest_loss,
    weighted_least_squares,
)
from proofsheet.learning.optimizers import Adam

X, Y = np.array([10.0, 1.0]), 11.0
RATE, LEARNING_RATE, STEPS, LARGE = 0.5, 1e-3, 1000, 1024
SWEEP, TRAINED = np.arange(99) / 100, (0.0, 0.1, 0.3, 0.5, 0.7)
SHOWN = 0.85  # the largest rate of the drawn curve; at 0.9 gradient descent diverges
# Steps over which the loss is averaged: when w₁ is in its place and w₂ is not, and at the end.
EARLY, LATE = slice(5, 15), slice(-200, None)
PRINTED = {"ols": [1.08910891, 0.10891089], "dropout_ls": [0.36666667, 3.66666667]}


def parts(w) -> dict:
    """What each weight contributes to the output, the output, and the ratio of the weights."""
    shares = w * X
    return {"contributions": shares, "output": shares.sum(), "weight_ratio": w[0] / w[1]}


with script.run(snakemake):
    script.set_threads(snakemake.threads)
    seed, long = snakemake.params.seed, snakemake.params.steps
    sgd, adam = (partial(kind, lr=LEARNING_RATE) for kind in (torch.optim.SGD, Adam))
    fit = partial(descend, X, Y, seed=seed)
    arrays = {}

    # (a), (b) Without dropout
    ols = weighted_least_squares(X[None], np.array([Y]), np.ones(1))
    plain, plain_losses = fit(0.0, sgd, batch=1, steps=STEPS)

    # (c) All masks at once
    rows, chances = dropout_rows(X, RATE)
    target = np.full(len(rows), Y)
    dropped = weighted_least_squares(rows, target, chances)

    # (d), (e) Training under dropout, and what it comes to on average
    ends, found = {}, {}
    for name, batch in (("small", 1), ("large", LARGE)):
        weights, losses = fit(RATE, sgd, batch=batch, steps=STEPS)
        ends[name] = weights[-1]
        mean, covariance = moments(X, Y, RATE, LEARNING_RATE, batch=batch, steps=STEPS)
        deviation = np.sqrt(np.diag(covariance))
        found[name] = {
            "batch": batch,
            "mean": mean,
            "deviation": deviation,
            "standard_scores": (ends[name] - mean) / deviation,
            "distance": np.linalg.norm(ends[name] - dropped),
            "loss": {
                "first": losses[0],
                "early_mean": losses[EARLY].mean(),
                "late_mean": losses[LATE].mean(),
                "late_deviation": losses[LATE].std(),
                "late_smallest": losses[LATE].min(),
                "late_largest": losses[LATE].max(),
                "deviation_at_solution": loss_deviation(dropped, X, Y, RATE, batch),
            },
        }
        # Mean and deviation along the way, for the figure.
        at = np.unique(np.linspace(0, STEPS, 101).astype(int))
        along = [moments(X, Y, RATE, LEARNING_RATE, batch=batch, steps=int(t)) for t in at]
        arrays |= {
            f"{name}_weights": weights,
            f"{name}_losses": losses,
            f"{name}_mean": np.array([mean for mean, _ in along]),
            f"{name}_deviation": np.sqrt([np.maximum(np.diag(c), 0) for _, c in along]),
            "at": at,
        }
    arrays |= {"plain_weights": plain, "plain_losses": plain_losses}
    curvatures = np.linalg.eigvalsh(curvature(X, RATE))

    # (g) All rates
    swept = np.array(
        [weighted_least_squares(r, target, s) for r, s in (dropout_rows(X, q) for q in SWEEP)]
    )
    closed = np.array([minimizer(X, Y, rate) for rate in SWEEP])
    limit = limit_of_minimizers(X[None], np.array([Y]))
    runs = {rate: fit(rate, sgd, batch=LARGE, steps=long)[0] for rate in TRAINED}
    drawn = np.concatenate([np.linspace(0, 0.05, 101), np.linspace(0.05, SHOWN, 161)[1:]])
    arrays |= {
        "sweep_rates": SWEEP,
        "sweep": swept,
        "trained_rates": np.array(TRAINED),
        "trained": np.array([weights[-1] for weights in runs.values()]),
        "drawn_rates": drawn,
        "drawn": np.array([mean_iterate(X, Y, rate, LEARNING_RATE, long) for rate in drawn]),
    }

    # (h) Adam
    by_adam = {rate: fit(rate, adam, batch=LARGE, steps=long)[0] for rate in (0.0, RATE)}
    for name, rate in (("rate_0", 0.0), ("rate_05", RATE)):
        arrays |= {f"sgd_{name}": runs[rate], f"adam_{name}": by_adam[rate]}

    # (i) The networks
    cheating = {}
    for name in ("rate_0", "rate_075"):
        curves = read_arrays(snakemake.input[f"{name}_arrays"])
        arrays |= {f"{name}_{key}": value for key, value in curves.items()}
        cheating[name] = read_json(snakemake.input[name]) | {
            "train_accuracy": curves["accuracy"][-1],
            "best_clean_accuracy": curves["validation_accuracy"].max(),
            "best_clean_epoch": int(curves["validation_accuracy"].argmax()) + 1,
        }
    reached = len(derivations.ANSWER_REACHES[1])
    without, dropped_out = cheating["rate_0"], cheating["rate_075"]
    changed = partial(accuracy_difference, images=without["test_images"])
    data = load(Path(snakemake.input.source).parent)
    first = [int(np.flatnonzero(data.test.y == k)[0]) for k in range(len(data.class_names))]
    arrays |= {"example_images": data.test.x[first], "example_labels": data.test.y[first]}

    write_json(
        snakemake.output.metrics,
        {
            "ols": ols,
            "gd": plain[-1],
            "plain": parts(ols)
            | {
                "gd_error": np.abs(plain[-1] - ols).max(),
                "factor": 1 - 2 * LEARNING_RATE * X @ X,
            },
            "dropout_ls": {"x": rows, "y": target, "w": dropped}
            | parts(dropped)
            | {
                "loss": smallest_loss(X, Y, RATE),
                "losses_of_masks": (Y - rows @ dropped) ** 2,
                "curvatures": curvatures,
                "slow_steps": 1 / (2 * LEARNING_RATE * curvatures[0]),
            },
            "dropout_gd": ends["small"],
            "dropout_gd_large_batch": ends["large"],
            "descent": found | {"large_parts": parts(ends["large"])},
            "sweep": {
                "steps": long,
                "limit": limit,
                "at_001": swept[1],
                "closed_form_error": np.abs(swept[1:] - closed[1:]).max(),
                "trained_at_001": mean_iterate(X, Y, 0.01, LEARNING_RATE, long),
                "slow_steps_001": 1
                / (2 * LEARNING_RATE * np.linalg.eigvalsh(curvature(X, 0.01))[0]),
                **{
                    f"rate_0{round(10 * rate)}": {"rate": rate, "weights": weights[-1]}
                    for rate, weights in runs.items()
                },
            },
            "adam": {
                "steps": long,
                "rate_0": by_adam[0.0][-1],
                "rate_05": by_adam[RATE][-1],
                "to_least_squares_05": {
                    "adam": np.abs(by_adam[RATE][-1] - dropped).max(),
                    "sgd": np.abs(runs[RATE][-1] - dropped).max(),
                },
                "off_the_line": np.abs(np.diff(by_adam[0.0])).max(),
            },
            "printed_error": max(
                np.abs(ols - PRINTED["ols"]).max(), np.abs(dropped - PRINTED["dropout_ls"]).max()
            ),
            "cheating": cheating,
            "comparison": {
                "gain": dropped_out["clean_accuracy"] - without["clean_accuracy"],
                # What dropout changes, after all epochs.
                "clean": changed(without["clean_accuracy"], dropped_out["clean_accuracy"]),
                "cheating": changed(without["cheating_accuracy"], dropped_out["cheating_accuracy"]),
                "misled_by_bits": changed(
                    without["misled"]["by_bits"], dropped_out["misled"]["by_bits"]
                ),
                # From the best epoch to the last one.
                "late": {
                    name: changed(run["best_clean_accuracy"], run["clean_accuracy"])
                    for name, run in cheating.items()
                },
                # The best epoch without dropout against the last one with it.
                "stopped": changed(dropped_out["clean_accuracy"], without["best_clean_accuracy"]),
                "reach": {"second": reached, "features": 32 * reached},  # of 32 channels
            },
        },
    )
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
