"""EECS 182 HW 5, question 6 (d): the best candidate of the trials, trained to the end."""

import time
from dataclasses import asdict
from pathlib import Path

import torch

from problems.eecs182_hw5.q6_cnn.designs import DESIGNS, chosen, halves
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_json, write_arrays, write_json
from proofsheet.jobs.device import make_deterministic, mixed_precision, on_gpu, resolve
from proofsheet.learning.loop import parameter_count
from proofsheet.learning.sgd_loop import fit, logits_of

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    params = snakemake.params
    device = resolve(params.device)
    if on_gpu(device):
        make_deterministic()
    trials = [read_json(path) for path in snakemake.input.trials]
    name = chosen({trial["design"]: trial["validation_accuracy"] for trial in trials})
    design = DESIGNS[name].short(params.epochs) if params.epochs else DESIGNS[name]
    data = load(Path(snakemake.input.source).parent)
    published = data.published_train()
    few = slice(None, params.images)
    rows, validation, test = (
        tuple(torch.from_numpy(a[few]).to(device) for a in part)
        for part in ((published.x, published.y), *halves(data.test.x, data.test.y))
    )
    model = design.build(published.x[few], len(data.class_names), params.seed).to(device)
    mixed = mixed_precision(device)
    start = time.perf_counter()
    curves = fit(
        model, rows, validation, design.recipe,
        seed=params.seed, label="own", augment=design.augment, mixed=mixed,
    )  # fmt: skip
    seconds = time.perf_counter() - start

    seen = {"train": (rows[0][:5000], rows[1][:5000]), "validation": validation, "test": test}
    right = {
        part: logits_of(model, x, mixed=mixed).argmax(dim=1) == y for part, (x, y) in seen.items()
    }
    both = logits_of(model, test[0], both_ways=True, mixed=mixed).argmax(dim=1) == test[1]
    recipe = design.recipe
    write_json(
        snakemake.output.metrics,
        {
            "design": name,
            **{f"{part}_accuracy": value.double().mean() for part, value in right.items()},
            "both_ways_accuracy": both.double().mean(),
            "parameters": parameter_count(model),
            "images": len(rows[1]),
            "steps": recipe.epochs * -(-len(rows[1]) // recipe.batch),
            "seconds": seconds,
            "mixed": mixed,
            "widths": design.widths,
            **asdict(recipe),
        },
    )
    write_arrays(snakemake.output.arrays, **curves)
    log.info("own (%s): %.4f in %.0f s", name, right["test"].double().mean(), seconds)
