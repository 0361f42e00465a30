"""Deep Learning HW 1, problem 6: check the gradients of `mytorch`, then train it on MNIST."""

import time
from pathlib import Path

import numpy as np

from mytorch.utils.gradient_check import both_gradients, gradient_check, relative_errors
from problems.dl_hw1.p6_mytorch import derivations
from problems.dl_hw1.p6_mytorch.fit import (
    BATCH,
    RATE,
    SIZES,
    perceptron,
    rows_of,
    set_parameters,
    train,
)
from problems.dl_hw1.p6_mytorch.gradient_errors import (
    CASES,
    absolute_and_relative_errors,
    draw_clear_batch,
)
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
    # Nothing is tuned here, so the validation images train as well: together they are the
    # official training set.
    images = np.concatenate([data.train.x, data.val.x])[: snakemake.params.images]
    y = np.concatenate([data.train.y, data.val.y])[: snakemake.params.images]
    mean, std = images.mean(), images.std()
    x, test = rows_of(images, mean, std), rows_of(data.test.x, mean, std)

    def accuracy(model):
        return np.mean(model.forward(test).argmax(axis=1) == data.test.y)

    # The gradient check of the very network that is trained afterwards, before its first step
    rng = np.random.default_rng(seeds[0])
    model = perceptron(SIZES, "xavier", seeds[0])
    picked = draw_clear_batch(model, x, CHECKED, EPSILON, rng)
    sample = snakemake.params.checked_entries
    found = both_gradients(model, x[picked], y[picked], EPSILON, sample=sample)
    error = relative_errors(found.analytic, found.numerical, found.floor).max()
    strict = relative_errors(found.analytic, found.numerical)
    worst = strict.argmax()
    log.info("gradient check: %.2e, %.2e without the floor", error, strict.max())
    parameters = sum(p.size for p in model.get_parameters())
    metrics = {
        "images": len(x),
        "test_images": len(test),
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
    sample = snakemake.params.sweep_entries
    double = perceptron(SIZES, "xavier", seeds[0], np.float64)
    absolute, relative = absolute_and_relative_errors(
        double, x[picked].astype(np.float64), y[picked], EPSILONS, sample, seeds[0]
    )
    single, _ = absolute_and_relative_errors(
        model, x[picked], y[picked], EPSILONS, sample, seeds[0]
    )
    here = int(np.argmin(np.abs(np.log(EPSILONS / EPSILON))))
    metrics["sweep"] = {
        "entries": absolute.shape[1],
        "median_error": np.median(absolute[here]),
        "max_error": absolute[here].max(),
        "median_single": np.median(single[here]),
    }
    arrays = {
        "epsilons": EPSILONS,
        "median_error": np.median(absolute, axis=1),
        "max_error": absolute.max(axis=1),
        "median_single": np.median(single, axis=1),
        "max_strict": relative.max(axis=1),
        "median_strict": np.median(relative, axis=1),
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
            model = perceptron(SIZES, init, seed)
            start = time.perf_counter()
            trained = train(
                model, x, y, epochs=snakemake.params.epochs, rate=RATE, batch=BATCH,
                rng=np.random.default_rng([seed, 1]),
            )  # fmt: skip
            epoch_seconds.append((time.perf_counter() - start) / snakemake.params.epochs)
            predicted = model.forward(test).argmax(axis=1)
            last.append(accuracy(model))
            set_parameters(model, trained.mean_parameters)
            averaged.append(accuracy(model))
            log.info("%s, seed %d: %.4f, averaged %.4f", init, seed, last[-1], averaged[-1])
            if (init, seed) == ("xavier", seeds[0]):
                handed_in, losses = predicted, trained.losses
        metrics["initializations"][init] = {
            "test_accuracies": last,
            "mean": np.mean(last),
            "spread": np.ptp(last),
            "averaged": {"test_accuracies": averaged, "mean": np.mean(averaged)},
        }
    of = metrics["initializations"]
    difference = of["he"]["mean"] - of["xavier"]["mean"]
    spread = max(of[init]["spread"] for init in of)
    test_accuracy = of["xavier"]["test_accuracies"][0]
    every = [pair for init in of.values() for pair in zip(
        init["test_accuracies"], init["averaged"]["test_accuracies"], strict=True)]  # fmt: skip
    metrics |= {
        "train_loss": losses.mean(axis=1),
        "first_loss": losses[0, 0],
        "uniform_loss": np.log(SIZES[-1]),
        "last_epoch_loss": losses[-1].mean(),
        "iterations": losses.size,
        "epochs": len(losses),
        "seconds_per_epoch": np.median(epoch_seconds),
        "test_accuracy": test_accuracy,
        "test_standard_error": np.sqrt(test_accuracy * (1 - test_accuracy) / len(test)),
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
            "largest_spread": spread,
        },
    }

    # Ten test images at random, and ten of those that it gets wrong
    rng = np.random.default_rng(seeds[0])
    wrong = np.flatnonzero(handed_in != data.test.y)
    shown = np.sort(rng.choice(len(test), SHOWN, replace=False))
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
