"""CS 7643 PS 2, problem 7, extra credit: ResNet-32 on long-tailed CIFAR-10, with one loss."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from proofsheet import job
from proofsheet.cifar_recipes import LONG_TAIL, shortened
from proofsheet.cifar_training import fit_plan, on_device
from proofsheet.classification import accuracy, confusion_matrix, recall
from proofsheet.data.dataset import Part, load
from proofsheet.device import described, make_deterministic, resolve
from proofsheet.files import write_json
from proofsheet.long_tail import long_tailed_rows, loss_of
from proofsheet.sgd_training import logits_of
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
    rows = long_tailed_rows(data.train.y, classes, seed=params.seed)
    x, y = data.train.x[rows], data.train.y[rows]
    counts = np.bincount(y, minlength=classes)
    trained = fit_plan(
        plan, Part(x, y), data.val,
        seed=params.seed, device=device, label=name, loss=loss_of(name, counts),
    )  # fmt: skip
    test, _ = on_device(data.test, device)
    predicted = logits_of(trained.model, test, mixed=trained.mixed).argmax(dim=1).cpu().numpy()
    confusion = confusion_matrix(data.test.y, predicted, classes)
    write_json(
        snakemake.output.metrics,
        {
            "loss": name,
            "device": described(device),
            "parameters": parameter_count(trained.model),
            "epochs": plan.recipe.epochs,
            "sides": plan.recipe.sides,
            "images": len(y),
            "counts": counts,
            "test_accuracy": accuracy(confusion),
            "recall": recall(confusion),
            "predicted_share": confusion.sum(axis=0) / confusion.sum(),
            "curves": trained.curves,
        },
    )
