"""CSCI 5527 HW 3, problem 1: one training: one optimizer, ours or PyTorch's, one seed."""

import time
from pathlib import Path

import torch

from problems.csci5527_hw3.p1_optimizers.network import (
    BATCH,
    fit,
    layer_parameters,
    predictions,
    scaled,
)
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_json, write_arrays, write_json
from proofsheet.jobs.device import make_deterministic, mixed_precision, on_gpu, resolve
from proofsheet.learning.loop import Recipe, parameter_count

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    device = resolve(snakemake.params.device)
    if on_gpu(device):  # a CPU is deterministic, and the switch imports a compiler for 4 s
        make_deterministic()
    wildcards, images = snakemake.wildcards, snakemake.params.images
    settings = read_json(snakemake.input.tuning)["chosen"]
    data = load(Path(snakemake.input.source).parent)
    rows, validation = (
        (scaled(part.x[:images], device), torch.from_numpy(part.y[:images]).to(device))
        for part in (data.train, data.val)
    )
    recipe = Recipe(epochs=snakemake.params.epochs, batch=BATCH)

    start = time.perf_counter()
    model, curves = fit(
        wildcards.optimizer, settings, rows, validation, recipe,
        seed=int(wildcards.seed), implementation=wildcards.implementation,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    predicted = predictions(model, scaled(data.test.x, device))

    write_json(
        snakemake.output.metrics,
        {
            "optimizer": wildcards.optimizer,
            "implementation": wildcards.implementation,
            "seed": int(wildcards.seed),
            "settings": settings,
            "epochs": recipe.epochs,
            "batch": recipe.batch,
            "images": len(rows[1]),
            "layers": len(layer_parameters(model)),
            "layer_parameters": layer_parameters(model),
            "parameters": parameter_count(model),
            "products": "bfloat16" if mixed_precision(device) else "float32",
            "test_accuracy": (predicted == data.test.y).mean(),
            "seconds_per_epoch": seconds / recipe.epochs,
        },
    )
    write_arrays(snakemake.output.arrays, predicted=predicted, **curves)
