"""CSCI 5527 HW 2, problem 4(b): tune multi-layer perceptrons on one split, test the best once."""

from pathlib import Path

from problems.csci5527_hw2.p4_dry_beans.mlp_ensemble import MLP_AXES, MLP_START, fit_mlp, search_mlp
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.jobs.device import make_deterministic, resolve
from proofsheet.jobs.progress import Epochs
from proofsheet.learning.classification import confusion_matrix, summary
from proofsheet.learning.model_selection import best, seal, search_length

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    make_deterministic()
    device, grid = resolve(snakemake.params.device), snakemake.params.grid
    seed = int(snakemake.wildcards.seed)
    data = load(Path(snakemake.input.source).parent).resplit(seed)
    names, split = data.class_names, seal(data)

    # Training and validation rows only.
    search = search_mlp(grid, split.train, split.validation, seed=seed, device=device)
    steps, bar = (
        [],
        Epochs(search_length(MLP_START[grid], MLP_AXES[grid]), f"mlp, split {seed}"),
    )
    for _, (axis, trial) in zip(bar, search, strict=True):
        steps.append((axis, trial))
        bar.report(loss=trial.curves["validation_loss"][-1], accuracy=trial.validation_accuracy)
    chosen = best(trial for _, trial in steps)
    log.info("chosen: %s", chosen)

    # The choice is made: its rows are free to be fitted, and the test set opens once.
    predict, refit_curves, parameters = fit_mlp(
        chosen.settings, split.fitting_rows(), seed=seed, device=device
    )
    predicted = split.test.predictions(predict)
    confusion = confusion_matrix(split.test.y, predicted, len(names))

    write_json(
        snakemake.output.metrics,
        {
            "seed": seed,
            "model": chosen.family,
            "settings": chosen.settings,
            "parameters": parameters,
            "candidates": len(steps),
            "validation_accuracy": chosen.validation_accuracy,
            "test_questions": split.test.questions,
            **summary(confusion, names, seed=seed),
            "trials": [
                {
                    "axis": axis,
                    "settings": trial.settings,
                    "validation_accuracy": trial.validation_accuracy,
                    "validation_macro_f1": trial.validation_macro_f1,
                    "validation_loss": trial.curves["validation_loss"][-1],
                }
                for axis, trial in steps
            ],
        },
    )
    write_arrays(
        snakemake.output.arrays,
        confusion=confusion,
        predicted=predicted,
        truth=split.test.y,
        refit_loss=refit_curves["loss"],
        **chosen.curves,
    )
