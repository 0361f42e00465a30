"""CS 7643 PS 2, problem 7, part 1: the NumPy ConvNet on 50 images, then on all of them once."""

import time
from pathlib import Path

import numpy as np

from mytorch.utils.gradient_check import gradient_check
from problems.cs7643_ps2.p7_cifar10.numpy_convnet import (
    FEW,
    ONCE,
    Recipe,
    centered,
    convnet,
    fit,
    predicted,
)
from problems.cs7643_ps2.p7_cifar10.recipes import shortened
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.learning.classification import accuracy, confusion_matrix

with script.run(snakemake):
    params = snakemake.params
    data = load(Path(snakemake.input.source).parent)
    classes = len(data.class_names)

    # The first 50 images as they were published; their own mean image is subtracted.
    published = data.published_train()
    x, y = published.x[:FEW], published.y[:FEW]
    mean = x.mean(axis=0)
    model = convnet(params.seed)
    # One image and a small step: the more units there are, the more cross a kink within it.
    error = gradient_check(
        model, centered(x[:1], mean) / 64, y[:1], 1e-6, sample=params.checked, rng=params.seed
    )
    few = fit(model, x, y, mean, Recipe(), rng=np.random.default_rng(params.seed))
    few_right = (predicted(model, x, mean) == y).mean()

    data = shortened(data, params.images)
    mean = data.train.x.mean(axis=0)
    model = convnet(params.seed)
    start = time.perf_counter()
    whole = fit(
        model, data.train.x, data.train.y, mean, ONCE, rng=np.random.default_rng(params.seed)
    )
    seconds = time.perf_counter() - start
    found = predicted(model, data.test.x, mean)

    write_json(
        snakemake.output.metrics,
        {
            "overfit": {
                "images": FEW,
                "train_accuracy": few_right,
                "last_epoch_accuracy": few["accuracy"][-1].mean(),
                "first_loss": few["loss"][0, 0],
                "first_epoch_loss": few["loss"][0].mean(),
                "last_loss": few["loss"][-1].mean(),
                "gradient_error": error,
                "checked_entries": params.checked,
            },
            "numpy": {
                "images": len(data.train),
                "parameters": sum(p.size for p in model.get_parameters()),
                "batch": ONCE.batch,
                "train_accuracy": whole["accuracy"].mean(),
                "test_accuracy": accuracy(confusion_matrix(data.test.y, found, classes)),
                "seconds": seconds,
                "images_per_second": len(data.train) / seconds,
            },
        },
    )
    write_arrays(
        snakemake.output.arrays,
        few_loss=few["loss"],
        few_accuracy=few["accuracy"],
        whole_loss=whole["loss"][0],
        whole_accuracy=whole["accuracy"][0],
        few_images=x[:10],
        few_labels=y[:10],
    )
