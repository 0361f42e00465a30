"""CS 7643 PS 2, problem 7: the runs of all parts beside each other, and where our design errs."""

import inspect
from pathlib import Path

import numpy as np

from problems.cs7643_ps2.p7_cifar10 import derivations
from problems.cs7643_ps2.p7_cifar10.long_tail import (
    LOSSES,
    class_balanced_weights,
    effective_number,
)
from problems.cs7643_ps2.p7_cifar10.numpy_convnet import convnet
from proofsheet.checks import checks_of, run_checks
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import (
    read_arrays,
    read_json,
    write_arrays,
    write_json,
    write_text,
)
from proofsheet.learning.accuracy_difference import accuracy_difference
from proofsheet.learning.classification import confusion_matrix, summary
from proofsheet.learning.small_image_nets import BalancedNet, Detour, Layer, vanilla_cnn

NETWORKS = ("two_layer", "vanilla_cnn", "own")
AIM = 0.92  # our own target for the test accuracy of our design
LISTED = (convnet, vanilla_cnn, Layer, Detour, BalancedNet)  # the code that the report shows

with script.run(snakemake):
    data = load(Path(snakemake.input.source).parent)
    names = [name.replace(" ", "_") for name in data.class_names]
    numpy_part = read_json(snakemake.input.numpy)
    runs = {name: read_json(snakemake.input[name]) for name in NETWORKS}
    curves = {name: run.pop("curves") for name, run in runs.items()}
    tail = {name: read_json(snakemake.input[name]) for name in LOSSES}
    less = {run["choice"]: run for run in map(read_json, snakemake.input.ablation)}
    full = less.pop("none")

    choices = {}
    for choice, run in less.items():
        pair = (run["both_ways_accuracy"], full["both_ways_accuracy"])
        found = accuracy_difference(*pair, full["validation_images"])
        choices[choice] = {"gain": found["difference"], "standard_error": found["standard_error"]}

    for name in ("two_layer", "vanilla_cnn"):
        # The first epoch after the fall of the rate; a training may end before it.
        milestone = runs[name]["milestones"][0]
        around = curves[name]["accuracy"][milestone - 1 : milestone + 1]
        runs[name]["gain_at_milestone"] = around[-1] - around[0] if around else 0

    z = read_arrays(snakemake.input.own_arrays)["test_logits"]
    y = data.test.y[: len(z)]
    confusion = confusion_matrix(y, z.argmax(axis=1), len(names))

    counts = np.array(tail["cross_entropy"]["counts"])
    order = np.argsort(-counts, kind="stable")
    groups = {"frequent": order[:3], "rare": order[-3:]}
    imbalanced = {
        name: {
            "test_accuracy": run["test_accuracy"],
            "per_class": dict(zip(names, run["recall"], strict=True)),
            "predicted_share": dict(zip(names, run["predicted_share"], strict=True)),
            "groups": {part: np.mean(np.array(run["recall"])[k]) for part, k in groups.items()},
            "named_rare": np.sum(np.array(run["predicted_share"])[groups["rare"]]),
        }
        for name, run in tail.items()
    }
    accuracies = {name: run["test_accuracy"] for name, run in tail.items()}
    # The error of a difference is largest for the two accuracies that are closest to one half.
    two = sorted(accuracies.values(), key=lambda a: a * (1 - a))[-2:]
    weights = class_balanced_weights(counts)
    metrics = {
        "class_names": list(data.class_names),
        "counts": {"train": len(data.train), "val": len(data.val), "test": len(data.test)},
        "majority_accuracy": np.bincount(y).max() / len(y),
        **numpy_part,
        **runs,
        "ablation": {
            "images": full["images"],
            "epochs": full["epochs"],
            "full": {k: v for k, v in full.items() if k.endswith("accuracy")},
            "without": {
                name: {k: v for k, v in run.items() if k.endswith("accuracy")}
                for name, run in less.items()
            },
            "choices": choices,
            "order": sorted(choices, key=lambda choice: -choices[choice]["gain"]),
        },
        "imbalanced": {
            **imbalanced,
            "focal_gap": abs(accuracies["focal"] - accuracies["class_balanced"]),
            "standard_error": accuracy_difference(*two, len(y))["standard_error"],
            "images": tail["cross_entropy"]["images"],
            "epochs": tail["cross_entropy"]["epochs"],
            # Epochs on smaller images
            "growth": {
                f"epochs_{side}": tail["cross_entropy"]["sides"].count(side) for side in (16, 24)
            },
            "parameters": tail["cross_entropy"]["parameters"],
            "counts": dict(zip(names, counts, strict=True)),
            "effective": dict(zip(names, effective_number(counts), strict=True)),
            "weights": dict(zip(names, weights, strict=True)),
            "largest": int(counts.max()),
            "smallest": int(counts.min()),
            "weight_ratio": weights.max() / weights.min(),
            "log_factor": float(np.log(counts.max() / counts.min())),
        },
    }
    metrics["own"] |= summary(confusion, names, seed=snakemake.params.seed)
    metrics["own"]["multiplications"] = derivations.multiplications()
    metrics["own"]["below_aim"] = AIM - runs["own"]["test_accuracy"]
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        **read_arrays(snakemake.input.numpy_arrays),
        **{
            f"run_{name}_{what}": np.array(values)
            for name, found in curves.items()
            for what, values in found.items()
            if what != "validation_loss"
        },
        confusion=confusion,
    )
    write_text(snakemake.output.listing, "\n\n".join(map(inspect.getsource, LISTED)))
