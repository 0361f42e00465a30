"""CSCI 5527 HW 2, problem 4: the data, and both classifiers over the splits, in one place."""

from pathlib import Path

import numpy as np

from problems.csci5527_hw2.p4_dry_beans import derivations
from problems.csci5527_hw2.p4_dry_beans.features import six_coordinates
from problems.csci5527_hw2.p4_dry_beans.printed_settings import described
from proofsheet.checks import checks_of, run_checks
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json
from proofsheet.learning.classification import over_splits, overfitting, paired_difference, summary

with script.run(snakemake):
    data = load(Path(snakemake.input.source).parent)
    names, parts = data.class_names, (data.train, data.val, data.test)
    x, y = (np.concatenate([getattr(part, axis) for part in parts]) for axis in ("x", "y"))
    counts = np.bincount(y, minlength=len(names))
    rebuilt = derivations.sixteen_from_six(six_coordinates(x))

    kinds = ("classical", "mlp")
    # In the order of the seeds: the first split is the one that is handed in.
    runs = {kind: [read_json(path) for path in snakemake.input[kind]] for kind in kinds}
    arrays = {
        kind: [read_arrays(path) for path in snakemake.input[f"{kind}_arrays"]] for kind in kinds
    }
    first = {kind: arrays[kind][0] for kind in kinds}
    for kind in kinds:
        for run, saved in zip(runs[kind], arrays[kind], strict=True):
            run |= summary(saved["confusion"], names, seed=run["seed"])

    metrics = {
        "duplicates_removed": data.source["duplicates_removed"],
        "rows": len(y),
        "split": {"train": len(data.train), "validation": len(data.val), "test": len(data.test)},
        "class_counts": dict(zip(names, counts, strict=True)),
        "classes": {
            "largest": names[counts.argmax()],
            "smallest": names[counts.argmin()],
            "ratio": counts.max() / counts.min(),
        },
        "rebuilt_error": np.max(np.abs(rebuilt - x) / np.abs(x)),
        "seeds": [run["seed"] for run in runs["mlp"]],
    }
    for kind in kinds:
        chosen = {key: value for key, value in runs[kind][0].items() if key != "trials"}
        scores = [trial["validation_accuracy"] for trial in runs[kind][0]["trials"]]
        metrics[kind] = (
            chosen
            | over_splits(runs[kind])
            | {
                "chosen": described(chosen["settings"]),
                "tuning_spread": max(scores) - min(scores),
            }
        )
    metrics["mlp"]["curves"] = overfitting(first["mlp"]["validation_loss"])
    gains = np.subtract(*(metrics[kind]["test_accuracies"] for kind in ("mlp", "classical")))
    metrics["gain"] = {"mean": gains.mean(), "deviation": gains.std(ddof=min(1, len(gains) - 1))}
    metrics["difference"] = paired_difference(
        first["mlp"]["truth"],
        first["classical"]["predicted"],
        first["mlp"]["predicted"],
    )

    shown = slice(None, 1500)  # of the training rows: more would cover each other
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        coordinates=six_coordinates(data.train.x[shown]),
        labels=data.train.y[shown],
        **{f"{kind}_confusion": first[kind]["confusion"] for kind in kinds},
        **{
            name: first["mlp"][name]
            for name in ("loss", "accuracy", "validation_loss", "validation_accuracy")
        },
    )
