"""CS 7643 PS 2, problem 7, part 2: train the two-layer network, the vanilla CNN or our own."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from proofsheet import job
from proofsheet.cifar_recipes import PLANS, shortened
from proofsheet.data.dataset import load
from proofsheet.device import make_deterministic, mixed_precision, resolve
from proofsheet.files import write_arrays, write_json
from proofsheet.sgd_training import fit, logits_of
from proofsheet.training import parameter_count

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job.start(snakemake):
    job.set_threads(snakemake.threads)
    make_deterministic()
    params, name = snakemake.params, snakemake.wildcards.network
    device = resolve(params.device)
    data = shortened(load(Path(snakemake.input.source).parent), params.images)
    plan = PLANS[name].on(device, quick=params.preset == "quick")
    mixed = mixed_precision(device)
    rows = {
        part: tuple(torch.from_numpy(a).to(device) for a in (rows.x, rows.y))
        for part, rows in (("train", data.train), ("val", data.val), ("test", data.test))
    }
    model = plan.build(data.train.x, params.seed, device)
    start = time.perf_counter()
    curves = fit(
        model, rows["train"], rows["val"], plan.recipe,
        seed=params.seed, label=name, augment=plan.augment, mixed=mixed,
    )  # fmt: skip
    seconds = time.perf_counter() - start

    # The first of the training images say how much is learned by heart.
    seen = {"train": rows["train"][0][:5000], "val": rows["val"][0], "test": rows["test"][0]}
    logits = {
        part: logits_of(model, x, both_ways=plan.both_ways, mixed=mixed).double().cpu().numpy()
        for part, x in seen.items()
    }
    one_view = logits_of(model, rows["test"][0], mixed=mixed).argmax(dim=1)
    right = {
        part: (logits[part].argmax(axis=1) == rows[part][1][: len(logits[part])].cpu().numpy())
        for part in seen
    }

    write_json(
        snakemake.output.metrics,
        {
            "network": name,
            "device": device.type,
            "mixed": mixed,
            "images": len(data.train),
            "parameters": parameter_count(model),
            "train_accuracy": right["train"].mean(),
            "val_accuracy": right["val"].mean(),
            "test_accuracy": right["test"].mean(),
            "one_view_accuracy": (one_view == rows["test"][1]).double().mean().item(),
            "seconds": seconds,
            "images_per_second": len(data.train) * plan.recipe.epochs / seconds,
            **asdict(plan.recipe),
            "curves": curves,
        },
    )
    write_arrays(snakemake.output.arrays, test_logits=logits["test"])
