"""CSCI 5527 HW 3, problem 1: four optimizers over the seeds, beside PyTorch's."""

from pathlib import Path

import numpy as np

from problems.csci5527_hw3.p1_optimizers import derivations
from problems.csci5527_hw3.p1_optimizers.comparison import (
    CURVES,
    agreement,
    over_seeds,
    ranking,
    step_lengths,
    tuning_summary,
)
from problems.csci5527_hw3.p1_optimizers.network import IMPLEMENTATIONS, OPTIMIZERS, SHIFT
from proofsheet.checks import checks_of, run_checks
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    data = load(Path(snakemake.input.source).parent)
    tuning = {found["optimizer"]: found for found in map(read_json, snakemake.input.tuning)}
    # By implementation and optimizer, one entry for each seed.
    runs, arrays = (
        {which: {name: [] for name in OPTIMIZERS} for which in IMPLEMENTATIONS} for _ in range(2)
    )
    for metrics_file, arrays_file in zip(
        snakemake.input.runs, snakemake.input.runs_arrays, strict=True
    ):
        run = read_json(metrics_file)
        runs[run["implementation"]][run["optimizer"]].append(run)
        arrays[run["implementation"]][run["optimizer"]].append(read_arrays(arrays_file))
    results = {
        which: {name: over_seeds(runs[which][name], arrays[which][name]) for name in OPTIMIZERS}
        for which in IMPLEMENTATIONS
    }
    own, theirs = arrays["ours"], arrays["builtin"]
    # PyTorch's are trained with the first seeds only.
    beside = {name: own[name][: len(theirs[name])] for name in OPTIMIZERS}
    steps = step_lengths(snakemake.params.steps)
    one = runs["ours"]["adamw"][0]
    constants = (
        "layers", "parameters", "layer_parameters", "epochs", "batch", "images", "products",
    )  # fmt: skip

    write_json(
        snakemake.output.metrics,
        {
            **results["ours"],
            "builtin": results["builtin"],
            "agreement": agreement(beside, theirs, data.test.y),
            "ranking": ranking(results["ours"], own, data.test.y),
            "tuning": {name: tuning_summary(found) for name, found in tuning.items()},
            "tuning_epochs": tuning["adamw"]["epochs"],
            "tuning_images": tuning["adamw"]["images"],
            **{name: one[name] for name in constants},
            "shift": SHIFT,
            "counts": {"val": len(data.val), "test": len(data.test)},
            "seed_count": len(own["adamw"]),
            "first_steps": {
                name: steps[f"constant_{name}"][0] for name in ("adagrad", "rmsprop", "adam")
            },
        },
    )
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        **{
            f"{which}_{name}_{curve}": np.stack([found[curve] for found in group])
            for which, groups in arrays.items()
            for name, group in groups.items()
            for curve in CURVES
        },
        **steps,
    )
