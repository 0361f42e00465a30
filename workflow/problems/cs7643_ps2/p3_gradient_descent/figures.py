"""CS 7643 PS 2, problem 3: the proximal model in one and in two dimensions."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays

LAMBDAS = (2.0, 1.0, 0.5)

with script.run(snakemake):
    arrays = read_arrays(snakemake.input.arrays)

    figure, (left, right) = figures.new(1, 2, height=2.1, width_ratios=(1.25, 1))
    x = arrays["x"]
    left.plot(x, arrays["f"], color="black", ls="-", lw=1.8, label="$f$")
    left.plot(x, arrays["tangent"], color="0.45", ls="--", label="tangent")
    for i, lam in enumerate(LAMBDAS):
        colour = figures.COLOURS[i]
        left.plot(x, arrays[f"model_{lam}"], color=colour, ls=figures.LINE_STYLES[i + 1], lw=1.1,
                  label=rf"$\lambda = {lam:g}$")  # fmt: skip
        left.plot(*arrays[f"model_{lam}_minimum"], figures.MARKERS[i], color=colour, ms=5)
        right.plot(*arrays["minima"][i], figures.MARKERS[i], color=colour, ms=6, zorder=3)
        right.add_patch(
            figures.plt.Circle(
                arrays["start"], np.linalg.norm(arrays["minima"][i] - arrays["start"]),
                fill=False, color=colour, ls=figures.LINE_STYLES[i + 1], lw=0.9,
            )
        )  # fmt: skip
    left.plot(1.6, np.log(np.cosh(1.6)), "o", color="black", ms=5)
    left.annotate("$w_t$", (1.6, np.log(np.cosh(1.6))), (1.72, 0.62))
    left.set(xlabel="$w$", ylim=(-1.6, 2.6))
    left.legend(loc="lower right", ncols=2, fontsize=7.5)
    grid = arrays["grid"]
    right.contour(grid, grid, arrays["levels"], 9, colors="0.6", linewidths=0.7)
    right.plot(*np.vstack([arrays["start"], arrays["minima"][-1]]).T, color="black", ls="-", lw=0.8)
    right.plot(*arrays["start"], "o", color="black", ms=5, zorder=3)
    right.annotate("$w_t$", arrays["start"], arrays["start"] + 0.1)
    right.set(xlabel="first coordinate", ylabel="second coordinate", aspect="equal",
              xlim=(grid[0], grid[-1]), ylim=(grid[0], grid[-1]))  # fmt: skip
    right.grid(False)
    figures.save(figure, snakemake.output.proximal)
