"""Deep Learning HW 1, problem 4: train one network (`mlp` or `cnn`); its curves and its logits."""

from dataclasses import asdict
from pathlib import Path

import torch

from problems.dl_hw1.p4_bloodmnist.fit import fit, shortened
from problems.dl_hw1.p4_bloodmnist.model import RECIPES, scaled
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.jobs.device import make_deterministic, resolve
from proofsheet.learning.loop import logits_of, parameter_count

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    make_deterministic()
    kind, seed = snakemake.wildcards.network, snakemake.params.seed
    device = resolve(snakemake.params.device)
    data = load(Path(snakemake.input.source).parent)
    rows = {
        part: (
            scaled(getattr(data, part).x, device),
            torch.from_numpy(getattr(data, part).y).to(device),
        )
        for part in ("train", "val", "test")
    }
    params = snakemake.params
    recipe, rows["train"] = shortened(RECIPES[kind], rows["train"], params.epochs, params.every)

    model, curves = fit(kind, rows["train"], rows["val"], recipe, seed=seed)
    logits = {part: logits_of(model, x).double().cpu().numpy() for part, (x, _) in rows.items()}

    labels = {part: y.cpu().numpy() for part, (_, y) in rows.items()}

    write_json(
        snakemake.output.metrics,
        {
            "network": kind,
            "seed": seed,
            "parameters": parameter_count(model),
            "train_accuracy": (logits["train"].argmax(axis=1) == labels["train"]).mean(),
            **asdict(recipe),
            **curves,
        },
    )
    write_arrays(
        snakemake.output.arrays,
        val_logits=logits["val"],
        test_logits=logits["test"],
    )
