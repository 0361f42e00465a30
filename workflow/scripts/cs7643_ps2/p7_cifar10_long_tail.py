"""CS 7643 PS 2, problem 7, extra credit: ResNet-32 on long-tailed CIFAR-10, with one loss."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from proofsheet import job
from proofsheet.cifar_recipes import LONG_TAIL, shortened
from proofsheet.classification import accuracy, confusion_matrix, recall
from proofsheet.data.dataset import load
from proofsheet.device import make_deterministic, mixed_precision, resolve
from proofsheet.files import write_json
from proofsheet.long_tail import long_tailed_rows, loss_of
from proofsheet.sgd_training import fit, logits_of
from proofsheet.training import parameter_count

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job.start(snakemake):
    job.set_threads(snakemake.threads)
    make_deterministic()
    params, name = snakemake.params, snakemake.wildcards.loss
    device = resolve(params.device)
    data = shortened(load(Path(snakemake.input.source).parent), params.images)
    classes = len(data.class_names)
    plan = LONG_TAIL.on(device, quick=params.preset == "quick")
    mixed = mixed_precision(device)
    rows = long_tailed_rows(data.train.y, classes, seed=params.seed)
    x, y = data.train.x[rows], data.train.y[rows]
    counts = np.bincount(y, minlength=classes)
    train, val = (
        (torch.from_numpy(a).to(device), torch.from_numpy(b).to(device))
        for a, b in ((x, y), (data.val.x, data.val.y))
    )
    model = plan.build(x, params.seed, device)
    curves = fit(
        model, train, val, plan.recipe, seed=params.seed,
        label=name, augment=plan.augment, loss=loss_of(name, counts), mixed=mixed,
    )  # fmt: skip
    test = torch.from_numpy(data.test.x).to(device)
    predicted = logits_of(model, test, mixed=mixed).argmax(dim=1).cpu().numpy()
    confusion = confusion_matrix(data.test.y, predicted, classes)
    write_json(
        snakemake.output.metrics,
        {
            "loss": name,
            "device": device.type,
            "parameters": parameter_count(model),
            "epochs": plan.recipe.epochs,
            "sides": plan.recipe.sides,
            "images": len(y),
            "counts": counts,
            "test_accuracy": accuracy(confusion),
            "recall": recall(confusion),
            "predicted_share": confusion.sum(axis=0) / confusion.sum(),
            "curves": curves,
        },
    )
