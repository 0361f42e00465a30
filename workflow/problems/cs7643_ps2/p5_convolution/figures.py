"""CS 7643 PS 2, problem 5: matrices and their commutators, and layers under shifts."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import fixed, integer, scientific
from proofsheet.report.tables import write_table

MAPS = {
    "circular": "circulant",
    "zeros": "zero padding",
    "stride": "stride 2",
    "dense": "dense",
}
LAYERS = {
    "circular": "convolution, circular",
    "relu": "convolution, bias, ReLU",
    "max_same": "maximum of 2, stride 1",
    "zeros": "convolution, zero padding",
    "stride": "convolution, stride 2",
    "max_pool": "max-pooling 2, stride 2",
    "blur_pool": "maximum, blur, stride 2",
    "network": "3 × (convolution, ReLU, max-pooling 2)",
    "network_mean": "the same, then the global mean",
    "same_mean": "2 × (convolution, ReLU), then the global mean",
}


def error_text(value: float) -> str:
    """An error that is rounding, or one that is an error."""
    return scientific(value) if value < 1e-3 else fixed(value, 3)


with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    arrays = read_arrays(snakemake.input.arrays)

    figure, axes = figures.new(2, len(MAPS), width=0.9, height=3.0)
    for column, (name, title) in zip(axes.T, MAPS.items(), strict=True):
        limit = np.abs(arrays[f"map_{name}"]).max()
        for axis, kind in zip(column, ("map", "commutator"), strict=True):
            image = axis.imshow(
                arrays[f"{kind}_{name}"], cmap=figures.DIVERGING, vmin=-limit, vmax=limit
            )
            axis.set(xticks=[], yticks=[])
            axis.grid(False)
            axis.spines[:].set_visible(True)
        column[0].set_title(title)
    axes[0, 0].set_ylabel("$L$")
    axes[1, 0].set_ylabel("$LS - SL$")
    figures.save(figure, snakemake.output.matrices)

    write_table(
        snakemake.output.layer_errors,
        ["Layer", "shift 1", "shift 2", "shift 8", "largest", "followed"],
        [
            [
                label,
                *(
                    error_text(metrics["layers"][name][key])
                    for key in ("shift_1", "shift_2", "shift_8", "largest")
                ),
                integer(metrics["layers"][name]["followed"]),
            ]
            for name, label in LAYERS.items()
        ],
    )
