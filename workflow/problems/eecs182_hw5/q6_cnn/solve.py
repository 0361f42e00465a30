"""EECS 182 HW 5, question 6: the graph, the checks, and all trainings beside each other."""

from pathlib import Path

import numpy as np

from problems.eecs182_hw5.q6_cnn import derivations
from problems.eecs182_hw5.q6_cnn.designs import (
    BARS,
    MOST_EPOCHS,
    MOST_PARAMETERS,
    MOST_STEPS,
    within_limits,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json
from proofsheet.learning.accuracy_difference import accuracy_difference
from proofsheet.learning.classification import share
from proofsheet.learning.small_image_nets import WIDTHS

NETWORKS = ("plain", "bn_dropout", "own")

with script.run(snakemake):
    dataset = snakemake.params.dataset
    data = load(Path(snakemake.input.source).parent)
    numpy_part = read_json(snakemake.input.numpy)
    runs = {name: read_json(snakemake.input[name]) for name in NETWORKS}

    # The run of our own design has logits of all test images: those at even places are for
    # validation here, those at odd places for the test.
    own, own_arrays = runs["own"], read_arrays(snakemake.input.own_arrays)
    own_curves = own.pop("curves")
    del own["val_accuracy"]  # of other images: those that were kept from the training
    truth = data.test.y[: len(own_arrays["test_logits"])]
    right = own_arrays["test_logits"].argmax(axis=1) == truth
    own["validation_accuracy"], own["test_accuracy"] = share(right[::2]), share(right[1::2])
    right = own_arrays["one_view_logits"].argmax(axis=1) == truth
    own["one_view_accuracy"] = share(right[1::2])
    own["widths"] = WIDTHS

    for name, run in runs.items():
        run["bar"] = BARS[dataset][name]
        run["over_bar"] = run["test_accuracy"] - run["bar"]
        run["gap"] = run["train_accuracy"] - run["test_accuracy"]
        run["standard_error"] = np.sqrt(
            run["test_accuracy"] * (1 - run["test_accuracy"]) / (len(data.test.y) // 2)
        )
    runs["bn_dropout"]["against_plain"] = accuracy_difference(
        runs["plain"]["test_accuracy"], runs["bn_dropout"]["test_accuracy"], len(data.test.y) // 2
    )
    own["limits"] = {"parameters": MOST_PARAMETERS, "steps": MOST_STEPS, "epochs": MOST_EPOCHS}
    own["within_limits"] = within_limits(own)
    scales = numpy_part["weight_scale"]
    ahead = {
        part: np.greater(*(scales[kind][f"{part}_accuracy"] for kind in ("plain", "normalized")))
        for part in ("train", "validation")
    }
    scales["plain_ahead"] = {
        "validation": ahead["validation"].sum(),
        # Of the largest scales, those in a row.
        "largest": np.cumprod(ahead["train"][::-1]).sum(),
    }
    scales["best_validation"] = accuracy_difference(
        *(scales[kind]["best_validation_accuracy"] for kind in ("plain", "normalized")),
        numpy_part["validation_images"],
    )
    convnet, curves = numpy_part["convnet"], read_arrays(snakemake.input.numpy_arrays)
    for kind in ("plain", "normalized"):
        convnet[kind]["first_train_accuracy"] = curves[f"convnet_{kind}_train_accuracy"][0]
    convnet["against_plain"] = accuracy_difference(
        *(convnet[kind]["validation_accuracy"] for kind in ("plain", "normalized")),
        numpy_part["validation_images"],
    )

    # The graph of (a), from the tracer.
    rng = np.random.default_rng(snakemake.params.seed)
    nodes = derivations.traced(rng.normal(1, 2, (5, 3)), rng.normal(size=3), rng.normal(size=3))
    steps = derivations.contracted(nodes)

    write_json(
        snakemake.output.metrics,
        {
            "dataset": dataset,
            "dataset_name": {"cifar10": "CIFAR-10", "cifar100": "CIFAR-100"}[dataset],
            "classes": len(data.class_names),
            "test_images": len(data.test.y[1::2]),
            **numpy_part,
            **runs,
        },
    )
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_json(snakemake.output.graph, {step.name: list(step.parents) for step in steps})
    write_arrays(
        snakemake.output.arrays,
        **curves,
        **{
            f"run_{name}_{what}": values
            for name in ("plain", "bn_dropout")
            for what, values in read_arrays(snakemake.input[f"{name}_arrays"]).items()
        },
        **{f"run_own_{what}": np.array(values) for what, values in own_curves.items()},
    )
