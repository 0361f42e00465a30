"""Deep Learning HW 1, problem 4: what the networks do on the test images, and why they err."""

from pathlib import Path

import numpy as np
from scipy.special import softmax
from sklearn.metrics import classification_report, confusion_matrix

from problems.dl_hw1.p4_bloodmnist import derivations
from problems.dl_hw1.p4_bloodmnist.analysis import (
    confident_errors,
    fitting,
    key_of,
    most_confused,
    most_confused_pairs,
    quadrants,
    repeated,
    struggling_class,
    two_of_each,
    typical_features,
)
from problems.dl_hw1.p4_bloodmnist.model import SIZES, features
from proofsheet.checks import checks_of, run_checks
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json
from proofsheet.learning.classification import accuracy, bootstrap_interval

KINDS = ("mlp", "better", "cnn")
CURVES = ("loss", "accuracy", "validation_loss", "validation_accuracy")

with script.run(snakemake):
    seed = snakemake.params.seed
    data = load(Path(snakemake.input.source).parent)
    keys = [key_of(name) for name in data.class_names]
    names, labels, y = data.class_names, range(len(data.class_names)), data.test.y
    runs = {kind: read_json(snakemake.input[kind][0]) for kind in KINDS}
    # (n, 8) of each seed
    logits = {
        kind: [read_arrays(path)["test_logits"] for path in snakemake.input[f"{kind}_arrays"]]
        for kind in KINDS
    }
    training_counts = np.bincount(data.train.y, minlength=len(names))
    typical = typical_features(features(data.train.x), data.train.y, len(names))
    seen = features(data.test.x)

    # All by the same measures; the perceptron of the text is the one that is asked for.
    measured, confusions = {}, {}
    for kind in KINDS:
        predicted = logits[kind][0].argmax(axis=1)
        confusion = confusions[kind] = confusion_matrix(y, predicted, labels=labels)
        report = classification_report(
            y, predicted, labels=labels, target_names=names, output_dict=True, zero_division=0
        )
        every = [(z.argmax(axis=1) == y).mean() for z in logits[kind]]
        low, high = bootstrap_interval(confusion, accuracy, seed=seed)
        measured[kind] = {
            "parameters": runs[kind]["parameters"],
            "epochs": runs[kind]["epochs"],
            "test_accuracy": every[0],
            "seeds": {
                "count": len(every),
                "mean": np.mean(every),
                "lowest": min(every),
                "highest": max(every),
            },
            "test_interval": {"low": low, "high": high},
            "per_class": {
                key: {what.replace("-score", ""): number for what, number in report[name].items()}
                for key, name in zip(keys, names, strict=True)
            },
        }
    measured["mlp"]["train_accuracy"] = runs["mlp"]["train_accuracy"]

    z = logits["mlp"][0]
    p, predicted, confusion = softmax(z, axis=1), z.argmax(axis=1), confusions["mlp"]
    hardest = struggling_class(
        confusion, y, predicted, seen, typical, training_counts, names, seed=seed
    )
    hardest["reference_recall"] = measured["cnn"]["per_class"][key_of(hardest["name"])]["recall"]
    in_quadrants = quadrants(p, y, names, seed=seed)

    metrics = {
        "class_names": names,
        "counts": {"train": len(data.train), "val": len(data.val), "test": len(data.test)}
        | {
            f"{part}_per_class": dict(
                zip(keys, np.bincount(rows.y, minlength=len(names)), strict=True)
            )
            for part, rows in (("train", data.train), ("val", data.val), ("test", data.test))
        },
        "test_images_in_training": repeated(data.test.x, data.train.x),
        "balance": {
            "largest": names[training_counts.argmax()],
            "smallest": names[training_counts.argmin()],
            "ratio": training_counts.max() / max(training_counts.min(), 1),
        },
        "most_frequent_accuracy": (y == training_counts.argmax()).mean(),
        "test_accuracy": measured["mlp"]["test_accuracy"],
        "confusion_matrix": confusion,
        "most_confused": most_confused(confusion, names),
        "most_confused_pairs": most_confused_pairs(confusion, names),
        "lowest_recall": hardest,
        "fitting": fitting({name: np.array(runs["mlp"][name]) for name in CURVES}),
        "first_layer": {"units": SIZES[1], "dead": SIZES[1] - runs["mlp"]["live_units"]},
        "quadrants": in_quadrants,
        "confident_errors": confident_errors(p, y, seen, typical),
        **measured,
        "official": data.source["official"],
    }

    def recognized(name: str) -> np.ndarray:
        """Places of the first five test images of this type that are classified correctly."""
        return np.flatnonzero((y == predicted) & (y == names.index(name)))[:5]

    shown = {
        "hardest": [example["row"] for example in hardest["examples"]],
        # For comparison: images of the type, and of the type that it is taken for
        "hardest_right": recognized(hardest["name"]),
        "hardest_called": recognized(hardest["called"]),
    } | {
        corner: [example["row"] for example in entry["examples"]]
        for corner, entry in in_quadrants.items()
        if "examples" in entry
    }
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        grid_images=data.train.x[two_of_each(data.train.y, len(names), seed)],
        **{name: np.array(curve) for name, curve in runs["mlp"].items() if name in CURVES},
        **{f"{name}_images": data.test.x[places] for name, places in shown.items()},
    )
