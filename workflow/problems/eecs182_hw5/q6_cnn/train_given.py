"""EECS 182 HW 5, question 6, PyTorch part: one of the course's networks, as it is given."""

import time
from pathlib import Path

import torch

from problems.eecs182_hw5.q6_cnn.designs import GIVEN, GIVEN_BATCH, GIVEN_EPOCHS, halves
from problems.eecs182_hw5.q6_cnn.fit import fit_given
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.jobs.device import make_deterministic, mixed_precision, on_gpu, resolve
from proofsheet.learning.loop import Recipe, logits_of, parameter_count

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    params, name = snakemake.params, snakemake.wildcards.network
    device = resolve(params.device)
    if on_gpu(device):  # a CPU is deterministic, and the switch imports a compiler for 4 s
        make_deterministic()
    data = load(Path(snakemake.input.source).parent)
    published = data.published_train()
    few = slice(None, params.images)
    validation, test = (
        tuple(torch.from_numpy(a[few]).to(device) for a in part)
        for part in halves(data.test.x, data.test.y)
    )
    rows = tuple(torch.from_numpy(a[few]).to(device) for a in (published.x, published.y))
    recipe = Recipe(epochs=params.epochs or GIVEN_EPOCHS, batch=GIVEN_BATCH)
    start = time.perf_counter()
    model, curves = fit_given(
        GIVEN[name], rows, validation, recipe,
        classes=len(data.class_names), seed=params.seed, label=name,
    )  # fmt: skip
    seconds = time.perf_counter() - start

    seen = {"train": (rows[0][:5000], rows[1][:5000]), "validation": validation, "test": test}
    right = {
        part: (logits_of(model, x).argmax(dim=1) == y).double().mean().item()
        for part, (x, y) in seen.items()
    }
    log.info("%s: %s in %.0f s", name, right, seconds)
    write_json(
        snakemake.output.metrics,
        {
            **{f"{part}_accuracy": value for part, value in right.items()},
            "parameters": parameter_count(model),
            "images": len(rows[1]),
            "epochs": recipe.epochs,
            "steps": recipe.epochs * -(-len(rows[1]) // recipe.batch),
            "mixed": mixed_precision(device),
            "seconds": seconds,
        },
    )
    write_arrays(snakemake.output.arrays, **curves)
