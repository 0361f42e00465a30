"""CSCI 5527 HW 2, problem 4(a): tune SVM, forest and boosting on one split, test the best once."""

from pathlib import Path

from problems.csci5527_hw2.p4_dry_beans.classical import CLASSICAL_GRIDS, fit_pipeline, tune
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.jobs.progress import Epochs
from proofsheet.learning.classification import confusion_matrix, summary
from proofsheet.learning.model_selection import best, seal

with script.run(snakemake) as log:
    seed = int(snakemake.wildcards.seed)
    data = load(Path(snakemake.input.source).parent).resplit(seed)
    names, split = data.class_names, seal(data)

    # Training and validation rows only.
    grids = CLASSICAL_GRIDS[snakemake.params.grid]
    trials, bar = [], Epochs(sum(map(len, grids.values())), f"classical, split {seed}")
    for _, trial in zip(bar, tune(grids, split.train, split.validation, seed=seed), strict=True):
        trials.append(trial)
        bar.report(validation_accuracy=trial.validation_accuracy)
    chosen = best(trials)
    log.info("chosen: %s", chosen)

    # The choice is made: its rows are free to be fitted, and the test set opens once.
    predict = fit_pipeline(chosen.family, chosen.settings, split.fitting_rows(), seed=seed)
    predicted = split.test.predictions(predict)
    confusion = confusion_matrix(split.test.y, predicted, len(names))

    write_json(
        snakemake.output.metrics,
        {
            "seed": seed,
            "model": chosen.family,
            "settings": chosen.settings,
            "candidates": len(trials),
            "validation_accuracy": chosen.validation_accuracy,
            "validation_by_family": {
                family.replace(" ", "_"): best(
                    t for t in trials if t.family == family
                ).validation_accuracy
                for family in grids
            },
            "test_questions": split.test.questions,
            **summary(confusion, names, seed=seed),
            "trials": [
                {
                    "family": trial.family,
                    "settings": trial.settings,
                    "validation_accuracy": trial.validation_accuracy,
                    "validation_macro_f1": trial.validation_macro_f1,
                }
                for trial in trials
            ],
        },
    )
    write_arrays(
        snakemake.output.arrays, confusion=confusion, predicted=predicted, truth=split.test.y
    )
