"""EECS 182 HW 5, question 1: the sum of placed filters, and a table of parameters."""

import numpy as np
from matplotlib.patches import Rectangle

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report import numbers
from proofsheet.report.tables import write_table

LAYERS = {"dense": "dense", "local": "local, not shared", "convolution": "convolution"}

with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)

    # The filter at its four places, times the input there, and the sum
    terms, values = arrays["terms"], arrays["input"].ravel()
    kernel = arrays["kernel"].shape
    figure, axes = figures.new(1, 5, height=1.3)
    panels = [*terms, terms.sum(axis=0)]
    limit = np.abs(panels[-1]).max()
    for i, (axis, panel) in enumerate(zip(axes, panels, strict=True)):
        axis.imshow(panel, cmap=figures.DIVERGING, vmin=-limit * 1.6, vmax=limit * 1.6)
        axis.grid(False)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(True)
        for (row, column), value in np.ndenumerate(panel):
            placed = i == len(terms) or (
                0 <= row - i // 2 < kernel[0] and 0 <= column - i % 2 < kernel[1]
            )
            axis.text(column, row, numbers.integer(value), ha="center", va="center",
                      color="black" if placed else "0.75")  # fmt: skip
        if i < len(terms):
            axis.add_patch(Rectangle((i % 2 - 0.46, i // 2 - 0.46), kernel[1] - 0.08,
                                     kernel[0] - 0.08, fill=False, linewidth=1.4))  # fmt: skip
        title = "sum" if i == len(terms) else f"{numbers.integer(values[i])} × filter"
        axis.set_title(title)
        if i:
            axis.text(-0.14, 0.5, "=" if i == len(terms) else "+", transform=axis.transAxes,
                      ha="center", va="center", fontsize=12)  # fmt: skip
    figures.save(figure, snakemake.output.transpose)

    counts = metrics["parameters"]
    write_table(
        snakemake.output.layers,
        ["layer", "32 × 32", "224 × 224"],
        [
            [label, *(numbers.integer(counts[f"side_{side}"][name]) for side in (32, 224))]
            for name, label in LAYERS.items()
        ],
    )
