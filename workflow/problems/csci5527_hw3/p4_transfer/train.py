"""CSCI 5527 HW 3, problem 4: one strategy, trained and applied to validation and test images."""

import time
from dataclasses import asdict
from pathlib import Path

from problems.csci5527_hw3.p4_transfer.finetune import (
    Images,
    build,
    classify,
    features,
    fit,
    shortened,
)
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, write_arrays, write_json
from proofsheet.jobs.device import described, make_deterministic, mixed_precision, resolve
from proofsheet.jobs.errors import UserError
from proofsheet.learning.loop import denormals_flushed, parameter_count
from proofsheet.learning.transfer_strategy import strategy_of

with script.run(snakemake), denormals_flushed():
    script.set_threads(snakemake.threads)
    make_deterministic()
    name, seed, side = snakemake.wildcards.strategy, snakemake.params.seed, snakemake.params.side
    device = resolve(snakemake.params.device)
    strategy = strategy_of(name, snakemake.params.strategy)
    data = load(Path(snakemake.input.source).parent)
    parts = {
        part: Images(getattr(data, part).x, getattr(data, part).y)
        for part in ("train", "val", "test")
    }
    params = snakemake.params
    strategy, parts["train"] = shortened(strategy, parts["train"], params.epochs, params.images)

    start = time.perf_counter()
    mixed = mixed_precision(device)
    model = build(strategy, read_arrays(snakemake.input.weights), seed).to(device)
    fitted = fit(
        model, strategy, parts["train"], parts["val"],
        side=side, seed=seed, label=name, device=device, mixed=mixed,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    if not fitted["best_epoch"]:
        raise UserError(
            f"config.yaml: transfer.strategies.{name}: no epoch has a finite loss on the validation"
            f" images; learning_rate {strategy.learning_rate:g} is too large for it: lower it"
        )
    logits, means = {}, {}
    for part in ("val", "test"):
        seen = features(model, parts[part], strategy.frozen, side, device, mixed)
        z = classify(model, seen, strategy.frozen, device, mixed).double().cpu().numpy()
        logits[f"{part}_score"] = z[:, 1] - z[:, 0]
        if strategy.frozen == len(model.features):
            means[f"{part}_features"] = seen.float().cpu().numpy()

    write_json(
        snakemake.output.metrics,
        {
            **asdict(strategy),
            **fitted,
            "seconds": seconds,
            "images_per_second": fitted["images_seen"] / seconds,
            "training_images": len(parts["train"].y),
            "parameters": sum(p.numel() for p in model.parameters()),
            "trained_parameters": parameter_count(model),
            "mixed": mixed,
            "device": described(device),
        },
    )
    write_arrays(
        snakemake.output.arrays,
        **logits,
        **means,
        **{
            f"state.{key}": value.float().cpu().numpy() for key, value in model.state_dict().items()
        },
    )
