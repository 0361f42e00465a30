"""EECS 182 HW 5, question 2: the slices, and the correction against the batch size."""

import numpy as np

from problems.eecs182_hw5.q2_batchnorm.feature_maps import draw_feature_map
from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json

METHODS = {
    "batch": "batch norm: (N, H, W)",
    "layer": "layer norm: (C, H, W)",
    "instance": "instance norm: (H, W)",
}
LOSSES = {
    "offset": r"residuals of mean $\frac{1}{2}$",
    "mean_zero": "residuals of expectation 0",
    "one_example": "only one example counts",
}

with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)

    figure, axes = figures.new(1, 3, width=0.9, height=2.0)
    for axis, (method, title) in zip(axes, METHODS.items(), strict=True):
        draw_feature_map(axis, arrays[f"cube_{method}"])
        axis.set_title(title)
    figures.save(figure, snakemake.output.slices)

    figure, axis = figures.new(width=0.75, height=2.5)
    sizes = arrays["sizes"]
    for i, (name, label) in enumerate(LOSSES.items()):
        axis.loglog(sizes, arrays[f"correction_{name}"], figures.MARKERS[i], ms=4,
                    color=figures.COLOURS[i], mfc=figures.COLOURS[i] if i != 2 else "none",
                    label=label)  # fmt: skip
    axis.loglog(sizes, np.full(len(sizes), metrics["limit"]["offset"]), "k--", lw=0.8,
                label=r"$|b| / \sqrt{b^2 + s^2}$")  # fmt: skip
    axis.loglog(sizes, sizes**-0.5, "k-", lw=0.8, label=r"$1/\sqrt{n}$")
    axis.set(xlabel="batch size $n$",
             ylabel=r"$\Vert\nabla_x L - \gamma g\Vert\,/\,\Vert\gamma g\Vert$")  # fmt: skip
    axis.legend(loc="lower left")
    figures.save(figure, snakemake.output.limit)
