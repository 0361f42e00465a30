"""EECS 182 HW 5, question 1: what a convolution saves and knows; the filter; transposition."""

import numpy as np
import torch
from torch import nn

from problems.eecs182_hw5.q1_convnets import derivations
from problems.eecs182_hw5.q1_convnets.derivations import INPUT, KERNEL, layer_parameters
from problems.eecs182_hw5.q1_convnets.translated_patterns import (
    CLASSES,
    COLUMNS,
    accuracy,
    draw,
    networks,
    parameters,
    patterns,
    train,
)
from problems.eecs182_hw5.q1_convnets.transpose_convolution import (
    convolution_matrix,
    overlaps,
    placements,
    transpose_convolution,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

CHANNELS, WIDTH, SIDES = (3, 16), 3, (8, 16, 32, 64, 128, 224)
FIELD, BUMP, IMAGES = 32, 8, 100  # side of an image, of what is in it; how many
SHIFTS = {"even": (4, -2), "odd": (3, -1)}  # rows and columns
SEEN = range(COLUMNS // 2)  # where patterns are while training
UPSAMPLED = ((3, 2), (4, 2))  # kernel and stride
CHANCE = 1 / CLASSES

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)

    # (a) Parameters of one layer, by the side of the image
    counts = {side: layer_parameters(CHANNELS, (side, side), WIDTH) for side in SIDES}
    arrays = {"sides": SIDES} | {
        f"parameters_{layer}": [counts[side][layer] for side in SIDES] for layer in counts[32]
    }
    metrics = {
        "parameters": {
            "given": CHANNELS[0], "made": CHANNELS[1], "kernel": WIDTH,
            **{f"side_{side}": counts[side] for side in SIDES},
            "ratio_32": counts[32]["dense"] / counts[32]["convolution"],
            "dense_224_bytes": 4 * counts[224]["dense"],
        }
    }  # fmt: skip

    # (a) Does the output move with the input?
    torch.manual_seed(snakemake.params.seed)
    first = (FIELD - BUMP) // 2
    x = torch.zeros(IMAGES, 1, FIELD, FIELD)
    x[:, :, first : first + BUMP, first : first + BUMP] = torch.randn(IMAGES, 1, BUMP, BUMP)
    layers = {
        "convolution": nn.Conv2d(1, 1, WIDTH, padding=1, bias=False),
        "network": nn.Sequential(
            nn.Conv2d(1, 8, WIDTH, padding=1, bias=False), nn.ReLU(),
            nn.Conv2d(8, 1, WIDTH, padding=1, bias=False),
        ),
        "stride": nn.Conv2d(1, 1, WIDTH, padding=1, stride=2, bias=False),
        "dense": nn.Sequential(
            nn.Flatten(), nn.Linear(FIELD**2, FIELD**2, bias=False),
            nn.Unflatten(1, (1, FIELD, FIELD)),
        ),
    }  # fmt: skip
    metrics["equivariance"] = {"images": IMAGES, "side": FIELD}
    with torch.no_grad():
        for name, layer in layers.items():
            layer, signal = layer.double(), x.double()
            y, errors = layer(signal), {}
            for kind, shift in SHIFTS.items():
                moved = layer(torch.roll(signal, shift, (2, 3)))
                # With a stride the output should move by half as much, if half of it is whole.
                step = tuple(round(k * y.shape[2] / FIELD) for k in shift)
                errors[kind] = ((moved - torch.roll(y, step, (2, 3))).norm() / y.norm()).item()
            metrics["equivariance"][name] = errors
            log.info("%s: %s", name, errors)

    # (a) Patterns learned on the left, asked for everywhere
    found = {"dense": [], "convolutional": []}
    for seed in range(snakemake.params.repetitions):
        generator = torch.Generator().manual_seed(seed)
        shapes = patterns(generator)
        training = draw(shapes, SEEN, snakemake.params.training, generator)
        asked = [draw(shapes, [column], 500, generator) for column in range(COLUMNS)]
        for name, network in networks(seed).items():
            train(network, *training, snakemake.params.steps)
            found[name].append([accuracy(network, *images) for images in asked])
            log.info("translation, seed %d, %s: %s", seed, name, found[name][-1])
    metrics["translation"] = {
        "repetitions": snakemake.params.repetitions,
        "training": snakemake.params.training,
        "chance": CHANCE,
        "columns": COLUMNS,
        "seen": len(SEEN),
    }
    for name, network in networks(0).items():
        by_column = np.mean(found[name], axis=0)
        arrays[f"accuracy_{name}"] = found[name]
        metrics["translation"][name] = {
            "parameters": parameters(network),
            "seen_accuracy": by_column[: len(SEEN)].mean(),
            "unseen_accuracy": by_column[len(SEEN) :].mean(),
            "last_column_accuracy": by_column[-1],
        }

    # (c) The terms of the answer, its matrix, and what C does after Cᵀ
    terms = placements(np.array(INPUT), np.array(KERNEL))
    C = convolution_matrix(np.array(KERNEL), (3, 3))
    arrays |= {"terms": terms, "input": INPUT, "kernel": KERNEL, "matrix": C}
    metrics["transpose"] = {
        "output": transpose_convolution(np.array(INPUT), np.array(KERNEL)),
        "there_and_back": (C @ C.T @ np.ravel(INPUT)).reshape(2, 2),
    }
    for kernel, stride in UPSAMPLED:
        along = overlaps(6, kernel, stride)
        arrays[f"overlaps_{kernel}"] = np.outer(along, along)
        inner = np.outer(along[kernel:-kernel], along[kernel:-kernel])
        metrics["transpose"][f"overlaps_{kernel}"] = {
            "fewest": inner.min(),
            "most": inner.max(),
        }

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
