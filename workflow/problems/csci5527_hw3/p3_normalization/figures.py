"""CSCI 5527 HW 3, problem 3: the slices, what ε does, and the tables of the comparison."""

import numpy as np
from matplotlib.patches import Polygon

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
DEPTH = np.array([0.45, 0.32])  # on paper, one step along N

with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)

    # Three visible sides of a cube: channels to the right, (H, W) downwards, the batch to the back.
    figure, axes = figures.new(1, 3, height=1.45, width=0.8)
    for panel, (method, title) in zip(axes, METHODS.items(), strict=True):
        cube = arrays[f"cube_{method}"]
        batch, channels, pixels = cube.shape
        right, down = np.array([1.0, 0.0]), np.array([0.0, -1.0])
        sides = (
            # corner of the side, its two directions, and which cells it shows
            (np.zeros(2), right, down, cube[0].T),
            (np.zeros(2), right, DEPTH, cube[:, :, 0]),
            (channels * right, DEPTH, down, cube[:, -1].T),
        )
        for (corner, along, across, cells), shade in zip(sides, (1.0, 0.85, 0.7), strict=True):
            for (j, i), blue in np.ndenumerate(cells):
                start = corner + i * along + j * across
                cell = [start, start + along, start + along + across, start + across]
                color = np.array([0.0, 0.447, 0.698]) if blue else np.array([0.95, 0.95, 0.95])
                panel.add_patch(
                    Polygon(cell, facecolor=color * shade, edgecolor="0.35", linewidth=0.5)
                )
        back = batch * DEPTH
        panel.set_xlim(-1.1, channels + back[0] + 0.4)
        panel.set_ylim(-pixels - 1.1, back[1] + 0.3)
        panel.set_aspect("equal")
        panel.axis("off")
        panel.set_title(title)
        panel.text(channels / 2, -pixels - 0.15, "C", ha="center", va="top")
        panel.text(-0.2, -pixels / 2, "H, W", ha="right", va="center", rotation=90)
        panel.text(back[0] / 2 - 0.25, back[1] / 2 + 0.15, "N", ha="right", va="bottom")
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
