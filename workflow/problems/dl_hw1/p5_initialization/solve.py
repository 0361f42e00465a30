"""Deep Learning HW 1, problem 5: the eight networks over their seeds, beside the predictions."""

import numpy as np

from problems.dl_hw1.p5_initialization import derivations
from problems.dl_hw1.p5_initialization.summary import over_seeds, recommendation
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays, write_json

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    runs = [read_json(path) for path in snakemake.input.runs]
    arrays = [read_arrays(path) for path in snakemake.input.runs_arrays]
    results = {}
    for run, found in zip(runs, arrays, strict=True):
        results.setdefault(run["activation"], {})[run["method"]] = over_seeds(run, found)
    seeds = max((run["seeds"] for run in runs), key=len)  # of zero weights there is one
    zero = {run["activation"]: run["trained"] for run in runs if run["method"] == "zero"}

    write_json(
        snakemake.output.metrics,
        {
            activation: methods | {"recommendation": recommendation(methods)}
            for activation, methods in results.items()
        }
        | {
            "seeds": seeds,
            "seed_count": len(seeds),
            "images": runs[0]["images"],
            "test_images": runs[0]["test_images"],
            "epochs": arrays[0]["epoch_losses"].shape[1],
            "pixel": runs[0]["pixel"],
            "mixed": runs[0]["mixed"],
            "zero": zero["tanh"]
            | {
                "largest_inner": max(part["largest_inner"] for part in zero.values()),
                "uniform_loss": np.log(runs[0]["sizes"][-1]),
            },
            "prediction_error": max(
                result["prediction_error"] for m in results.values() for result in m.values()
            ),
        },
    )
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        **{
            f"{run['activation']}_{run['method']}_{name}": found[name]
            for run, found in zip(runs, arrays, strict=True)
            for name in ("losses", "mean", "std", "predicted_mean", "predicted_std")
        },
    )
