"""Deep Learning HW 1, problem 6: check the gradients of `mytorch`, then train it on MNIST."""

from itertools import pairwise
from pathlib import Path

import numpy as np

from mytorch.nn.modules.loss import SoftmaxCrossEntropy
from mytorch.utils.gradient_check import LOSS_ROUNDING, ROUNDING_ERROR, gradient_check
from problems.dl_hw1.p6_mytorch import derivations
from problems.dl_hw1.p6_mytorch.gradient_errors import (
    CASES,
    draw_clear_batch,
    entry_errors,
    lost_in_norms,
    strict_relative_error,
)
from problems.dl_hw1.p6_mytorch.train import SIZES, perceptron, rows_of, train
from proofsheet.checks import checks_of, run_checks
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

EPSILON, CHECKED = 1e-5, 5
EPSILONS = np.logspace(-11, -1, 41)
SMALL = (6, 8, 4)  # the networks with a mistake in them
SHOWN = 10

with script.run(snakemake) as log:
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
    parameters = sum(p.size for p in model.get_parameters())
    sample = snakemake.params.checked_entries
    error = gradient_check(model, x[picked], y[picked], EPSILON, sample=sample)
    log.info("gradient check: %.2e", error)
    # Where |a| + |n| is smaller than this, the check divides by this.
    at_start = SoftmaxCrossEntropy().forward(model.forward(x[picked]), y[picked])
    rounding = LOSS_ROUNDING * np.finfo(np.float64).eps * max(at_start, 1) / EPSILON
    floor = rounding / ROUNDING_ERROR
    checked = [p.size if sample is None else min(p.size, sample) for p in model.get_parameters()]
    metrics = {
        "images": len(x),
        "test_images": len(data.test),
        "mean": mean / 255,
        "std": std / 255,
        "parameters": parameters,
        "gradient_check": {
            "max_relative_error": error,
            "entries": sum(checked),
            "all_entries": sum(checked) == parameters,
            "images": CHECKED,
            "epsilon": EPSILON,
            "floor": floor,
            "invisible": 1e-5 * floor,
        },
    }

    # The same errors entry by entry over the step ε, beside what the theory says
    double = perceptron(SIZES, "xavier", seeds[0], np.float64)
    sweep = entry_errors(
        double,
        x[picked].astype(np.float64),
        y[picked],
        EPSILONS,
        snakemake.params.sweep_entries,
        np.random.default_rng(seeds[0]),
    )
    single = entry_errors(
        model,
        x[picked],
        y[picked],
        EPSILONS,
        snakemake.params.sweep_entries,
        np.random.default_rng(seeds[0]),
    )
    # Those of the whole batch, which `entry_errors` leaves in the model.
    metrics["gradient_check"]["lost_in_norms"] = lost_in_norms(double.get_gradients())
    absolute = np.abs(sweep.numerical - sweep.analytic)
    relative = strict_relative_error(sweep.analytic, sweep.numerical)
    absolute_single = np.abs(single.numerical - single.analytic)
    here = int(np.argmin(np.abs(np.log(EPSILONS / EPSILON))))
    third = float(np.median(np.abs(sweep.third)))
    rounding = float(np.finfo(np.float64).eps / 2 * max(abs(sweep.loss), 1))
    best, least = map(float, derivations.best_step(rounding, third))
    worst = int(relative[here].argmax())
    metrics["sweep"] = {
        "entries": len(sweep.analytic),
        "loss": sweep.loss,
        "median_third_derivative": third,
        "rounding": rounding,
        "predicted_epsilon": best,
        "predicted_error": least,
        "measured_epsilon": EPSILONS[np.median(absolute, axis=1).argmin()],
        "median_error": np.median(absolute[here]),
        "max_error": absolute[here].max(),
        "max_strict": relative[here].max(),
        "strict_above": np.mean(relative[here] > 1e-5),
        "worst_derivative": abs(sweep.analytic[worst]),
        "median_derivative": np.median(np.abs(sweep.analytic)),
        "best_median_single": np.median(absolute_single, axis=1).min(),
        "median_single": np.median(absolute_single[here]),
    }
    arrays = {
        "epsilons": EPSILONS,
        "median_error": np.median(absolute, axis=1),
        "max_error": absolute.max(axis=1),
        "median_single": np.median(absolute_single, axis=1),
        "max_strict": relative.max(axis=1),
        "median_strict": np.median(relative, axis=1),
        "truncation": EPSILONS**2 * third / 6,
        "rounding": rounding / EPSILONS,
    }

    # What the check says when a gradient is wrong
    metrics["mistakes"] = []
    for what, network in CASES.items():
        rng = np.random.default_rng(seeds[0])
        broken, loss = network(SMALL, rng)
        candidates = rng.standard_normal((200, SMALL[0]))
        rows = candidates[draw_clear_batch(broken, candidates, CHECKED, EPSILON, rng)]
        labels = rng.integers(0, SMALL[-1], CHECKED)
        error = gradient_check(broken, rows, labels, EPSILON, loss=loss)
        metrics["mistakes"].append({"what": what, "error": error})

    # Training, as the text wants it; and the other initialization, and other seeds
    epoch_seconds = []
    metrics["initializations"] = {}
    for init in ("xavier", "he"):
        last, averaged = [], []
        for seed in seeds:
            run, found = train(
                data, init=init, seed=seed, images=snakemake.params.images,
                epochs=snakemake.params.epochs,
            )  # fmt: skip
            epoch_seconds.append(run["seconds_per_epoch"])
            last.append(run["test_accuracy"])
            averaged.append(run["averaged_test_accuracy"])
            log.info("%s, seed %d: %.4f, averaged %.4f", init, seed, last[-1], averaged[-1])
            if (init, seed) == ("xavier", seeds[0]):
                handed_in, losses = found["test_predicted"], found["losses"]
        metrics["initializations"][init] = {
            "test_accuracies": last,
            "mean": np.mean(last),
            "spread": np.ptp(last),
            "averaged": {"test_accuracies": averaged, "mean": np.mean(averaged)},
        }
    of = metrics["initializations"]
    difference = of["he"]["mean"] - of["xavier"]["mean"]
    spread = max(of[init]["spread"] for init in of)
    factors = [np.sqrt(1 + after / before) for before, after in pairwise(SIZES)]
    test_accuracy = of["xavier"]["test_accuracies"][0]
    every = [pair for init in of.values() for pair in zip(
        init["test_accuracies"], init["averaged"]["test_accuracies"], strict=True)]  # fmt: skip
    metrics |= {
        "train_loss": losses.mean(axis=1),
        "first_loss": losses[0, 0],
        "last_epoch_loss": losses[-1].mean(),
        "iterations": losses.size,
        "epochs": len(losses),
        "seconds_per_epoch": np.median(epoch_seconds),
        "test_accuracy": test_accuracy,
        "test_standard_error": np.sqrt(test_accuracy * (1 - test_accuracy) / len(data.test)),
        "test_errors": int(np.sum(handed_in != data.test.y)),
        "averaged": {
            "test_accuracy": of["xavier"]["averaged"]["test_accuracies"][0],
            "better": sum(after > before for before, after in every),
            "of": len(every),
            "smallest": min(after for _, after in every),
            "largest": max(after for _, after in every),
        },
        "seeds": seeds,
        "initialization": {
            "difference": abs(difference),
            "smallest_factor": min(factors),
            "largest_factor": max(factors),
            "product_of_factors": np.prod(factors),
            "largest_spread": spread,
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
