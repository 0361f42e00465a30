"""EECS 182 HW 5, question 1: parameters, unseen places, the sum of placed kernels, overlaps."""

import numpy as np
from matplotlib.patches import Rectangle

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report import numbers
from proofsheet.report.tables import write_table

LAYERS = {"dense": "dense", "local": "local, not shared", "convolution": "convolution"}
MEASURED = {
    "convolution": "convolution",
    "network": "convolution, ReLU, convolution",
    "stride": "convolution with stride 2",
    "dense": "dense",
}

with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)

    figure, (left, right) = figures.new(1, 2, height=2.3)
    for (name, label), marker in zip(LAYERS.items(), figures.MARKERS, strict=False):
        left.loglog(arrays["sides"], arrays[f"parameters_{name}"], marker=marker, label=label)
    left.set(xlabel="side of the image", ylabel="parameters", xticks=arrays["sides"])
    left.set_xticklabels([str(side) for side in arrays["sides"]])
    left.minorticks_off()
    left.legend()
    seen = metrics["translation"]["seen"]
    columns = np.arange(metrics["translation"]["columns"])
    right.axvspan(-0.4, seen - 0.5, color="0.93", zorder=0)
    right.annotate("seen in training", (seen / 2 - 0.45, 0.06), ha="center", fontsize=8)
    labels = {"convolutional": "convolutional", "dense": "dense"}
    for (name, label), colour, marker in zip(
        labels.items(), figures.COLOURS[2::-2], "^o", strict=True
    ):
        runs = arrays[f"accuracy_{name}"]
        right.plot(columns, runs.mean(axis=0), color=colour, marker=marker, ls="-", label=label)
        right.fill_between(
            columns, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.2, lw=0
        )
    right.axhline(metrics["translation"]["chance"], color="black", ls=":", lw=0.9, label="guessing")
    right.set(xlabel="column in which the pattern begins", ylabel="accuracy", ylim=(0, 1.05),
              xlim=(-0.4, columns[-1] + 0.4), xticks=columns[::2])  # fmt: skip
    right.legend(loc="center right", bbox_to_anchor=(1, 0.62))
    figures.save(figure, snakemake.output.reasons)

    # The kernel at its four places, times the input there, and the sum
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
        title = "sum" if i == len(terms) else f"{numbers.integer(values[i])} × kernel"
        axis.set_title(title)
        if i:
            axis.text(-0.14, 0.5, "=" if i == len(terms) else "+", transform=axis.transAxes,
                      ha="center", va="center", fontsize=12)  # fmt: skip
    figures.save(figure, snakemake.output.transpose)

    figure, axes = figures.new(1, 2, width=0.6, height=1.15)
    for axis, size in zip(axes, (3, 4), strict=True):
        count = arrays[f"overlaps_{size}"]
        image = axis.imshow(count, cmap=figures.SEQUENTIAL, vmin=1, vmax=4)
        axis.grid(False)
        axis.set(xticks=[], yticks=[], title=f"kernel {size} × {size}, stride 2")
    figure.colorbar(image, ax=axes, ticks=[1, 2, 3, 4], shrink=0.8, label="terms")
    figures.save(figure, snakemake.output.overlaps)

    write_table(
        snakemake.output.layers,
        ["layer", *(f"{side} × {side}" for side in (32, 224))],
        [
            [
                label,
                *(
                    numbers.integer(metrics["parameters"][f"side_{side}"][name])
                    for side in (32, 224)
                ),
            ]
            for name, label in LAYERS.items()
        ],
    )
    write_table(
        snakemake.output.equivariance,
        ["layer", "4 rows, −2 columns", "3 rows, −1 column"],
        [
            [
                label,
                *(numbers.scientific(error) if error < 1e-3 else numbers.fixed(error, 2)
                  for error in (metrics["equivariance"][name][kind] for kind in ("even", "odd"))),
            ]
            for name, label in MEASURED.items()
        ],
    )  # fmt: skip
