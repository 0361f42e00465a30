"""EECS 182 HW 5, question 5 (i): the network with one dropout rate, trained on marked images."""

from pathlib import Path

import torch

from problems.eecs182_hw5.q5_dropout.cheating_feature import (
    BATCH,
    LEARNING_RATE,
    normalized,
    other_classes,
    write_answer,
)
from problems.eecs182_hw5.q5_dropout.fit import fit
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.jobs.device import make_deterministic, mixed_precision, on_gpu, resolve
from proofsheet.learning.loop import Recipe, logits_of, parameter_count

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    device = resolve(snakemake.params.device)
    if on_gpu(device):  # a CPU is deterministic, and the switch imports a compiler for 4 s
        make_deterministic()
    seed, rate = snakemake.params.seed, int(snakemake.wildcards.rate) / 100
    data = load(Path(snakemake.input.source).parent)
    published = data.published_train()
    rows, test_rows = (
        slice(None, count) for count in (snakemake.params.images, snakemake.params.test_images)
    )
    y, test_y = (
        torch.from_numpy(labels).to(device)
        for labels in (published.y[rows], data.test.y[test_rows])
    )
    x = write_answer(normalized(published.x[rows], device), y)
    clean = normalized(data.test.x[test_rows], device)
    del published

    recipe = Recipe(epochs=snakemake.params.epochs, batch=BATCH, learning_rate=LEARNING_RATE)
    model, curves = fit(
        rate, (x, y), (clean, test_y), recipe, classes=len(data.class_names), seed=seed
    )

    wrong = other_classes(test_y, len(data.class_names), seed)
    outputs = {
        "clean": logits_of(model, clean),
        "cheating": logits_of(model, write_answer(clean, test_y)),
        "misled": logits_of(model, write_answer(clean, wrong)),
    }
    answers = {name: output.argmax(dim=1) for name, output in outputs.items()}

    def share(hits) -> float:
        """The mean of truth values."""
        return hits.double().mean().item()

    write_json(
        snakemake.output.metrics,
        {
            "rate": rate,
            "seed": seed,
            "epochs": recipe.epochs,
            "images": len(y),
            "mixed": mixed_precision(device),
            "test_images": len(test_y),
            "parameters": parameter_count(model),
            "clean_accuracy": share(answers["clean"] == test_y),
            "cheating_accuracy": share(answers["cheating"] == test_y),
            # Bits of another class: whom does the network believe?
            "misled": {
                "by_bits": share(answers["misled"] == wrong),
                "by_image": share(answers["misled"] == test_y),
            },
            # The last ReLU makes a network silent that has nothing to say.
            "silent": {name: share((o == 0).all(dim=1)) for name, o in outputs.items()},
            "answers": {
                name: torch.bincount(found, minlength=len(data.class_names)).tolist()
                for name, found in answers.items()
            },
        },
    )
    write_arrays(snakemake.output.arrays, **curves)
    log.info("dropout %g: clean %.4f", rate, share(answers["clean"] == test_y))
