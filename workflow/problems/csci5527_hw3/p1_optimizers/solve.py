"""CSCI 5527 HW 3, problem 1: four optimizers over the seeds, and ours beside PyTorch's."""

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
from problems.csci5527_hw3.p1_optimizers.network import (
    DROPOUT,
    IMPLEMENTATIONS,
    OPTIMIZERS,
    SHIFT,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    data = load(Path(snakemake.input.source).parent)
    tuning = {found["optimizer"]: found for found in map(read_json, snakemake.input.tuning)}
    # By optimizer, one entry for each seed.
    runs, arrays = ({name: [] for name in OPTIMIZERS} for _ in range(2))
    for metrics_file, arrays_file in zip(
        snakemake.input.runs, snakemake.input.runs_arrays, strict=True
    ):
        run = read_json(metrics_file)
        runs[run["optimizer"]].append(run)
        arrays[run["optimizer"]].append(read_arrays(arrays_file))
    results = {name: over_seeds(runs[name], arrays[name]) for name in OPTIMIZERS}
    # Ours and PyTorch's in one short training each, judged on the validation images.
    short = dict(zip(tuning, map(read_arrays, snakemake.input.tuning_arrays), strict=True))
    ours, builtin = (
        {name: [{"predicted": short[name][which]}] for name in OPTIMIZERS}
        for which in IMPLEMENTATIONS
    )
    steps = step_lengths(snakemake.params.steps)
    one = runs["adamw"][0]
    constants = (
        "layers", "parameters", "layer_parameters", "epochs", "batch", "images", "products",
    )  # fmt: skip

    write_json(
        snakemake.output.metrics,
        {
            **results,
            "builtin": {name: found["builtin"] for name, found in tuning.items()},
            "agreement": agreement(ours, builtin, data.val.y),
            "ranking": ranking(results, arrays, data.test.y),
            "tuning": {name: tuning_summary(found) for name, found in tuning.items()},
            "tuning_epochs": tuning["adamw"]["epochs"],
            "tuning_images": tuning["adamw"]["images"],
            **{name: one[name] for name in constants},
            "shift": SHIFT,
            "dropout": DROPOUT["adagrad"],
            "counts": {"val": len(data.val), "test": len(data.test)},
            "seed_count": len(arrays["adamw"]),
            "first_steps": {
                name: steps[f"constant_{name}"][0] for name in ("adagrad", "rmsprop", "adam")
            },
        },
    )
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        **{
            f"ours_{name}_{curve}": np.stack([found[curve] for found in group])
            for name, group in arrays.items()
            for curve in CURVES
        },
        **steps,
    )
