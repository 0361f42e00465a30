"""CSCI 5527 HW 3, problem 1: tune one optimizer on the validation images, in short trainings."""

from pathlib import Path

import torch

from problems.csci5527_hw3.p1_optimizers.network import AXES, BATCH, START, scaled, trial
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json
from proofsheet.jobs.device import make_deterministic, on_gpu, resolve
from proofsheet.learning.loop import Recipe
from proofsheet.learning.model_selection import along_axes, best, by_loss, coordinate_search

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    device = resolve(snakemake.params.device)
    if on_gpu(device):  # a CPU is deterministic, and the switch imports a compiler for 4 s
        make_deterministic()
    name, images = snakemake.wildcards.optimizer, snakemake.params.images
    data = load(Path(snakemake.input.source).parent)
    # The test images are not read from here on.
    rows, validation = (
        (scaled(part.x[:images], device), torch.from_numpy(part.y[:images]).to(device))
        for part in (data.train, data.val)
    )
    recipe = Recipe(epochs=snakemake.params.epochs, batch=BATCH)
    search = coordinate_search(
        START[name],
        AXES[name],
        lambda settings: trial(
            name, settings, rows, validation, recipe, seed=snakemake.params.seed
        ),
        by_loss,
    )
    steps = list(search)
    chosen = best((found for _, found in steps), by_loss)
    log.info("chosen: %s", chosen)

    write_json(
        snakemake.output.tuning,
        {
            "optimizer": name,
            "epochs": recipe.epochs,
            "images": len(rows[1]),
            "chosen": chosen.settings,
            "trials": len(steps),
            "axes": {
                axis: [
                    {
                        "value": one.settings[axis],
                        "validation_loss": one.curves["validation_loss"][-1],
                        "validation_accuracy": one.validation_accuracy,
                    }
                    for one in along
                ]
                for axis, along in along_axes(steps, AXES[name], by_loss).items()
            },
        },
    )
