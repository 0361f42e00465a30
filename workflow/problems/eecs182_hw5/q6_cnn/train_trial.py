"""EECS 182 HW 5, question 6 (d): a short training of one candidate, judged on validation images."""

import time
from pathlib import Path

import torch

from problems.eecs182_hw5.q6_cnn.designs import DESIGNS, halves
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json
from proofsheet.jobs.device import make_deterministic, mixed_precision, on_gpu, resolve
from proofsheet.learning.loop import parameter_count
from proofsheet.learning.sgd_loop import fit

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    params, name = snakemake.params, snakemake.wildcards.design
    device = resolve(params.device)
    if on_gpu(device):
        make_deterministic()
    data = load(Path(snakemake.input.source).parent)
    published = data.published_train()
    x, y = published.x[: params.images], published.y[: params.images]
    validation, _ = halves(data.test.x, data.test.y)
    rows, validation = (
        tuple(torch.from_numpy(a).to(device) for a in part)
        for part in ((x, y), (validation[0][: params.images], validation[1][: params.images]))
    )
    design = DESIGNS[name].short(params.epochs)
    model = design.build(x, len(data.class_names), params.seed).to(device)
    start = time.perf_counter()
    curves = fit(
        model, rows, validation, design.recipe,
        seed=params.seed, label=name, augment=design.augment, mixed=mixed_precision(device),
    )  # fmt: skip
    seconds = time.perf_counter() - start
    write_json(
        snakemake.output.metrics,
        {
            "design": name,
            "label": design.label,
            "train_accuracy": curves["accuracy"][-1],
            "validation_accuracy": curves["validation_accuracy"][-1],
            "parameters": parameter_count(model),
            "images": len(y),
            "validation_images": len(validation[1]),
            "epochs": params.epochs,
            "seconds": seconds,
        },
    )
    log.info("%s: %.4f in %.0f s", name, curves["validation_accuracy"][-1], seconds)
