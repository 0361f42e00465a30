"""EECS 182 HW 5, question 1: parameters of one layer, and the transpose convolution."""

import numpy as np

from problems.eecs182_hw5.q1_convnets import derivations
from problems.eecs182_hw5.q1_convnets.derivations import INPUT, KERNEL, layer_parameters
from problems.eecs182_hw5.q1_convnets.transpose_convolution import placements
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

CHANNELS, WIDTH, SIDES = (3, 16), 3, (32, 224)

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    # (a) Parameters of one layer, by the side of the image
    counts = {side: layer_parameters(CHANNELS, (side, side), WIDTH) for side in SIDES}
    metrics = {
        "parameters": {
            **{f"side_{side}": count for side, count in counts.items()},
            "ratio_32": counts[32]["dense"] / counts[32]["convolution"],
            "dense_224_bytes": 4 * counts[224]["dense"],
        }
    }

    # (c) The terms of the answer
    image, kernel = np.array(INPUT), np.array(KERNEL)

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays, terms=placements(image, kernel), input=image, kernel=kernel
    )
