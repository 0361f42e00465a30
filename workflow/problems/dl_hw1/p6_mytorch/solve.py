"""Deep Learning HW 1, problem 6: check the gradients of `mytorch`; its trainings on MNIST."""

from pathlib import Path

import numpy as np

from mytorch.utils.gradient_check import both_gradients, relative_errors
from problems.dl_hw1.p6_mytorch import derivations
from problems.dl_hw1.p6_mytorch.gradient_errors import (
    MISTAKES,
    absolute_and_relative_errors,
    draw_clear_batch,
    error_of_a_mistake,
)
from problems.dl_hw1.p6_mytorch.train import SIZES, TUNED, perceptron, rows_of
from proofsheet.checks import checks_of, run_checks
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json

EPSILON, CHECKED = 1e-5, 5
EPSILONS = np.logspace(-11, -1, 21)
SWEPT = 60  # entries of each parameter
SHOWN = 10

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    data, seeds = load(Path(snakemake.input.source).parent), snakemake.params.seeds
    # Nothing is tuned here: the validation images train as well.
    data = data.divided("published")
    images, y = (part[: snakemake.params.images] for part in (data.train.x, data.train.y))
    mean, std = images.mean(), images.std()
    x = rows_of(images, mean, std)

    # The gradient check of the very network that is trained afterwards, before its first step
    rng = np.random.default_rng(seeds[0])
    model = perceptron(SIZES, "xavier", seeds[0])
    picked = draw_clear_batch(model, x, CHECKED, EPSILON, rng)
    found = both_gradients(model, x[picked], y[picked], EPSILON, sample=snakemake.params.checked)
    error = relative_errors(found.analytic, found.numerical, found.floor).max()
    strict = relative_errors(found.analytic, found.numerical)
    worst = strict.argmax()
    log.info("gradient check: %.2e, %.2e without the floor", error, strict.max())
    parameters = sum(p.size for p in model.get_parameters())
    metrics = {
        "images": len(x),
        "test_images": len(data.test),
        "mean": mean / 255,
        "std": std / 255,
        "parameters": parameters,
        "gradient_check": {
            "max_relative_error": error,
            "entries": len(strict),
            "images": CHECKED,
            "epsilon": EPSILON,
            "floor": found.floor,
            "invisible": 1e-5 * found.floor,
            # To the letter of the text, without a floor in the denominator
            "strict_max_relative_error": strict.max(),
            "strict_above": np.sum(strict >= 1e-5),
            "strict_worst_derivative": abs(found.analytic[worst]),
            "strict_worst_difference": abs(found.analytic[worst] - found.numerical[worst]),
        },
    }

    # The errors of some entries over the step ε, in float64 and float32
    double = perceptron(SIZES, "xavier", seeds[0], np.float64)
    absolute, relative = absolute_and_relative_errors(
        double, x[picked].astype(np.float64), y[picked], EPSILONS, SWEPT, seeds[0]
    )
    single, _ = absolute_and_relative_errors(model, x[picked], y[picked], EPSILONS, SWEPT, seeds[0])
    here = int(np.argmin(np.abs(np.log(EPSILONS / EPSILON))))
    metrics["sweep"] = {
        "entries": absolute.shape[1],
        "median_single": np.median(single[here]),
    }
    arrays = {
        "strict_errors": strict,
        "epsilons": EPSILONS,
        "median_error": np.median(absolute, axis=1),
        "max_error": absolute.max(axis=1),
        "median_single": np.median(single, axis=1),
        "max_strict": relative.max(axis=1),
        "median_strict": np.median(relative, axis=1),
    }

    # What the check says when a gradient is wrong
    metrics["mistakes"] = [
        {"what": what, "error": error_of_a_mistake(what, seeds[0])} for what in MISTAKES
    ]

    # The trainings: as the text wants it, the other initialization, our own recipe; all seeds
    runs = {
        recipe: [read_json(path) for path in snakemake.input[recipe]]
        for recipe in ("xavier", "he", "tuned")
    }
    found = read_arrays(snakemake.input.first)
    handed_in, losses = found["test_predicted"], found["losses"]
    of = {}
    for recipe, each in runs.items():
        accuracies = [run["test_accuracy"] for run in each]
        of[recipe] = {
            "test_accuracies": accuracies,
            "mean": np.mean(accuracies),
            "lowest": min(accuracies),
            "highest": max(accuracies),
        }
    metrics |= {"initializations": {init: of[init] for init in ("xavier", "he")}}
    first_tuned = of["tuned"]["test_accuracies"][0]
    metrics["tuned"] = of["tuned"] | {"batch": TUNED["batch"], "test_accuracy": first_tuned}
    test_accuracy = of["xavier"]["test_accuracies"][0]
    metrics |= {
        "train_loss": losses.mean(axis=1),
        "first_loss": losses[0, 0],
        "uniform_loss": np.log(SIZES[-1]),
        "last_epoch_loss": losses[-1].mean(),
        "iterations": losses.size,
        "epochs": len(losses),
        "test_accuracy": test_accuracy,
        "test_standard_error": np.sqrt(test_accuracy * (1 - test_accuracy) / len(data.test)),
        "test_errors": int(np.sum(handed_in != data.test.y)),
        "seeds": seeds,
        "initialization": {
            "difference": abs(of["he"]["mean"] - of["xavier"]["mean"]),
            "largest_spread": max(np.ptp(of[init]["test_accuracies"]) for init in ("xavier", "he")),
        },
    }

    # Ten test images at random, and ten of those that it gets wrong
    rng = np.random.default_rng(seeds[0])
    wrong = np.flatnonzero(handed_in != data.test.y)
    shown = np.sort(rng.choice(len(data.test), SHOWN, replace=False))
    missed = np.sort(rng.choice(wrong, min(SHOWN, len(wrong)), replace=False))
    metrics["shown"] = {
        "images": SHOWN,
        "right": int(np.sum(handed_in[shown] == data.test.y[shown])),
        "missed": len(missed),
    }
    arrays |= {"losses": losses}
    for name, places in (("shown", shown), ("missed", missed)):
        arrays |= {
            f"{name}_images": data.test.x[places],
            f"{name}_true": data.test.y[places],
            f"{name}_predicted": handed_in[places],
        }

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
