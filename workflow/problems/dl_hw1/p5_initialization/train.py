"""Deep Learning HW 1, problem 5: one activation and one initialization, a network per seed."""

from pathlib import Path

import numpy as np
import torch

from problems.dl_hw1.p5_initialization.fit import HIDDEN, fit
from problems.dl_hw1.p5_initialization.model import (
    DeepNetworks,
    accuracies,
    standardized,
    statistics,
    trained_state,
)
from problems.dl_hw1.p5_initialization.signal_propagation import predicted_statistics
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.jobs.device import make_deterministic, mixed_precision, on_gpu, resolve

PROBED = 256  # images for the statistics before training

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    device = resolve(snakemake.params.device)
    if on_gpu(device):  # a CPU is deterministic, and the switch imports a compiler for 4 s
        make_deterministic()
    activation, method = snakemake.wildcards.activation, snakemake.wildcards.method
    seeds = [int(seed) for seed in snakemake.params.seeds]
    data = load(Path(snakemake.input.source).parent)

    # Nothing is tuned: all images that are not for the test are for training.
    images, labels = (
        np.concatenate([getattr(part, name) for part in (data.train, data.val)])
        for name in ("x", "y")
    )
    rows = slice(None, snakemake.params.images)
    pixel_mean, pixel_std = float(images.mean()), float(images.std())
    x, test_x = (
        standardized(part, pixel_mean, pixel_std).to(device) for part in (images[rows], data.test.x)
    )
    y, test_y = (torch.from_numpy(part).to(device) for part in (labels[rows], data.test.y))

    networks = DeepNetworks(
        (x.shape[1], *HIDDEN, len(data.class_names)), method, activation, seeds, device
    )
    # The same images for every method: one seed decides.
    picked = np.random.default_rng(seeds[0]).choice(len(y), min(PROBED, len(y)), replace=False)
    probe = torch.from_numpy(picked).to(device)
    before = statistics(networks, x[probe], y[probe])
    predicted = predicted_statistics(
        x[probe].double().square().sum(dim=1).cpu().numpy(), networks.sizes, method, activation
    )

    mixed = mixed_precision(device)
    label = f"{activation} {method}"
    losses = fit(networks, x, y, snakemake.params.epochs, label=label, mixed=mixed)

    write_json(
        snakemake.output.metrics,
        {
            "activation": activation,
            "method": method,
            "seeds": seeds,
            "sizes": networks.sizes,
            "images": len(y),
            "mixed": mixed,
            "test_images": len(test_y),
            "pixel": {"mean": pixel_mean / 255, "std": pixel_std / 255},
            "test_accuracies": accuracies(networks, test_x, test_y),
            "trained": trained_state(networks, y),
        },
    )
    write_arrays(
        snakemake.output.arrays,
        losses=np.concatenate(losses, axis=1),
        epoch_losses=np.stack([part.mean(axis=1) for part in losses], axis=1),
        **before,
        **{f"predicted_{name}": value for name, value in vars(predicted).items()},
    )
