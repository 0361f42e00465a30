"""CS 7643 PS 2, problem 3: the proximal model, and the rate with its bound."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json

LAMBDAS = (2.0, 1.0, 0.5)
CURVES = {
    "worst": "worst function for each $T$",
    "maximum": "maxima of affine functions",
    "deviations": "absolute deviations",
    "logistic": "logistic regressions",
}

with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    arrays = read_arrays(snakemake.input.arrays)

    # The model
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

    # The rate and the step
    figure, (left, right) = figures.new(1, 2, height=2.6)
    steps = arrays["steps"]
    left.loglog(steps, steps**-0.5, color="black", ls="-", lw=3.2, alpha=0.25,
                label=r"bound $1/\sqrt{T}$")  # fmt: skip
    for i, (name, label) in enumerate(CURVES.items()):
        left.loglog(
            steps, np.atleast_2d(arrays[name]).max(axis=0), label=label, color=figures.COLOURS[i],
            marker=figures.MARKERS[i], ls=figures.LINE_STYLES[i],
        )  # fmt: skip
    left.set(xlabel="$T$", title=r"$(f(\bar w) - f(w^*))\,/\,(B\rho)$")
    factors = arrays["step_factors"]
    right.loglog(factors, arrays["step_bound"], color="black", ls="-", lw=3.2, alpha=0.25)
    right.loglog(factors, arrays["worst_by_step"], color=figures.COLOURS[0], ls="-")
    right.loglog(factors, arrays["random_by_step"], color="0.35", ls=figures.LINE_STYLES[5],
                 label="largest of the random ones")  # fmt: skip
    right.set(xlabel=r"$\eta\,/\,\eta_{\mathrm{best}}$",
              title=rf"gap$\,/\,(B\rho/\sqrt{{T}})$, $T = {metrics['fixed_steps']}$")  # fmt: skip
    right.set_yticks([0.5, 1, 2, 4], ["0.5", "1", "2", "4"])
    right.set_yticks([], minor=True)
    handles = [h for axis in (left, right) for h in axis.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    figures.save(figure, snakemake.output.rate)
