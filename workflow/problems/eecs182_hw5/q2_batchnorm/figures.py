"""EECS 182 HW 5, question 2: the slices of a batch that are normalized together."""

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays

METHODS = {
    "batch": "batch norm: (N, H, W)",
    "layer": "layer norm: (C, H, W)",
    "instance": "instance norm: (H, W)",
}

with script.run(snakemake):
    arrays = read_arrays(snakemake.input.arrays)
    figure, axes = figures.new(1, 3, width=0.9, height=1.6)
    for axis, (method, title) in zip(axes, METHODS.items(), strict=True):
        figures.feature_maps(axis, arrays[f"cube_{method}"])
        axis.set_title(title)
    figures.save(figure, snakemake.output.slices)
