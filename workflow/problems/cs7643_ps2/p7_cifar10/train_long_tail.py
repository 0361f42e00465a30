"""CS 7643 PS 2, problem 7, extra credit: ResNet-32 on long-tailed CIFAR-10, with one loss."""

from pathlib import Path

import numpy as np

from problems.cs7643_ps2.p7_cifar10.fit import fit_plan, on_device
from problems.cs7643_ps2.p7_cifar10.long_tail import long_tailed_rows, loss_of
from problems.cs7643_ps2.p7_cifar10.recipes import LONG_TAIL, shortened
from proofsheet.data.dataset import Part, load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json
from proofsheet.jobs.device import described, make_deterministic, resolve
from proofsheet.learning.classification import accuracy, confusion_matrix, recall
from proofsheet.learning.loop import parameter_count
from proofsheet.learning.sgd_loop import logits_of

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    make_deterministic()
    params, name = snakemake.params, snakemake.wildcards.loss
    device = resolve(params.device)
    data = shortened(load(Path(snakemake.input.source).parent), params.images)
    classes = len(data.class_names)
    plan = LONG_TAIL.on(device, params.epochs)
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
