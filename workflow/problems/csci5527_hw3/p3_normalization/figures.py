"""CSCI 5527 HW 3, problem 3: the slices, what ε does, and the tables of the comparison."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report import numbers
from proofsheet.report.tables import write_table

METHODS = {
    "batch": "batch norm",
    "layer": "layer norm",
    "instance": "instance norm",
}
AXES = {"batch": "N, H, W", "layer": "C, H, W", "instance": "H, W"}

with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)

    figure, axes = figures.new(1, 3, height=1.45, width=0.8)
    for panel, (method, title) in zip(axes, METHODS.items(), strict=True):
        figures.feature_maps(panel, arrays[f"cube_{method}"])
        panel.set_title(title)
    figures.save(figure, snakemake.output.slices)

    figure, (left, right) = figures.new(1, 2, height=2.2)
    labels = ["$ε = 0$"] + [f"$ε = 10^{{{round(np.log10(e))}}}$" for e in arrays["sweep_eps"][1:]]
    for panel, name in ((left, "spread"), (right, "gain")):
        for curve, label in zip(arrays[name], labels, strict=True):
            panel.loglog(arrays["deviations"], curve, label=label)
    left.set(xlabel="standard deviation $σ$ of the slice", ylabel="standard deviation of $\\hat x$")
    right.set(xlabel="standard deviation $σ$ of the slice",
              ylabel=r"$\Vert\partial\hat x/\partial x\Vert_2$")  # fmt: skip
    right.legend()
    figures.save(figure, snakemake.output.epsilon)

    write_table(
        snakemake.output.agreement,
        ["method", "axes of a slice", "slices", "elements of each", "float64", "float32"],
        [
            [
                title,
                AXES[method],
                numbers.integer(metrics[method]["slices"]),
                numbers.integer(metrics[method]["slice_size"]),
                numbers.scientific(metrics[method]["relative_difference"]),
                numbers.scientific(metrics[method]["relative_difference_float32"]),
            ]
            for method, title in METHODS.items()
        ],
        "llrrrr",
    )
