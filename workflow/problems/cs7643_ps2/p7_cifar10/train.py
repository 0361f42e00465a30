"""CS 7643 PS 2, problem 7, part 2: train the two-layer network, the vanilla CNN or our own."""

import time
from dataclasses import asdict
from pathlib import Path

from problems.cs7643_ps2.p7_cifar10.fit import fit_plan, on_device
from problems.cs7643_ps2.p7_cifar10.recipes import PLANS, shortened
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.jobs.device import described, make_deterministic, resolve
from proofsheet.learning.loop import parameter_count
from proofsheet.learning.sgd_loop import logits_of

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    make_deterministic()
    params, name = snakemake.params, snakemake.wildcards.network
    device = resolve(params.device)
    data = shortened(load(Path(snakemake.input.source).parent), params.images)
    plan = PLANS[name].on(device, params.epochs)
    start = time.perf_counter()
    trained = fit_plan(plan, data.train, data.val, seed=params.seed, device=device, label=name)
    seconds = time.perf_counter() - start
    model, mixed, test = trained.model, trained.mixed, on_device(data.test, device)

    # The first of the training images say how much is learned by heart.
    seen = {"train": trained.train, "val": trained.validation, "test": test}
    seen["train"] = tuple(rows[:5000] for rows in seen["train"])
    logits = {
        part: logits_of(model, x, both_ways=plan.both_ways, mixed=mixed).double().cpu().numpy()
        for part, (x, _) in seen.items()
    }
    one_view = logits_of(model, test[0], mixed=mixed).argmax(dim=1)
    right = {part: logits[part].argmax(axis=1) == y.cpu().numpy() for part, (_, y) in seen.items()}

    write_json(
        snakemake.output.metrics,
        {
            "network": name,
            "device": described(device),
            "mixed": mixed,
            "images": len(data.train),
            "parameters": parameter_count(model),
            "train_accuracy": right["train"].mean(),
            "val_accuracy": right["val"].mean(),
            "test_accuracy": right["test"].mean(),
            "one_view_accuracy": (one_view == test[1]).double().mean().item(),
            "seconds": seconds,
            "images_per_second": len(data.train) * plan.recipe.epochs / seconds,
            **asdict(plan.recipe),
            "curves": trained.curves,
        },
    )
    write_arrays(snakemake.output.arrays, test_logits=logits["test"])
