"""CS 7643 PS 2, problem 3: the proximal model, the rate and its tightness; one table."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report import numbers
from proofsheet.report.tables import write_table

LAMBDAS = (2.0, 1.0, 0.5)
CURVES = {
    "worst": "worst function for each $T$",
    "absolute": r"$\rho\,|w - B|$",
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

    # The rate, the ratio, the step
    figure, axes = figures.new(1, 3, height=2.3)
    steps = arrays["steps"]
    axes[0].loglog(steps, steps**-0.5, color="black", ls="-", lw=3.2, alpha=0.25,
                   label=r"bound $1/\sqrt{T}$")  # fmt: skip
    axes[1].axhline(1, color="black", lw=3.2, alpha=0.25, ls="-")
    for i, (name, label) in enumerate(CURVES.items()):
        gaps = np.atleast_2d(arrays[name])
        look = {"color": figures.COLOURS[i], "marker": figures.MARKERS[i],
                "ls": figures.LINE_STYLES[i]}  # fmt: skip
        axes[0].loglog(steps, gaps.max(axis=0), label=label, **look)
        ratio = gaps * np.sqrt(steps)
        axes[1].semilogx(steps, ratio.max(axis=0), **look)
        if len(ratio) > 1:
            axes[1].fill_between(steps, ratio.min(axis=0), ratio.max(axis=0),
                                 color=figures.COLOURS[i], alpha=0.15, lw=0)  # fmt: skip
    axes[0].set(xlabel="$T$", title=r"$(f(\bar w) - f(w^*))\,/\,(B\rho)$")
    axes[1].set(xlabel="$T$", ylim=(0, 1.1), title="ratio to the bound")
    factors = arrays["step_factors"]
    axes[2].loglog(factors, arrays["step_bound"], color="black", ls="-", lw=3.2, alpha=0.25)
    for i, name in enumerate(("worst", "absolute", "random")):
        axes[2].loglog(
            factors, arrays[f"{name}_by_step"], ls=figures.LINE_STYLES[(0, 1, 5)[i]],
            color=(*figures.COLOURS[:2], "0.35")[i],
            label="largest of the random ones" if name == "random" else None,
        )  # fmt: skip
    axes[2].set(xlabel=r"$\eta\,/\,\eta_{\mathrm{best}}$",
                title=rf"gap$\,/\,(B\rho/\sqrt{{T}})$, $T = {metrics['fixed_steps']}$")  # fmt: skip
    handles = [h for axis in (axes[0], axes[2]) for h in axis.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=7.5)
    figures.save(figure, snakemake.output.rate)

    write_table(
        snakemake.output.rates,
        ["functions", "number", "slope", "largest ratio", r"ratio at the largest $T$"],
        [
            [
                # A bar would end the cell.
                label.replace("|w - B|", r"\left\vert w - B\right\vert"),
                numbers.integer(len(np.atleast_2d(arrays[name]))),
                numbers.fixed(metrics["curves"][name]["slope"], 3),
                numbers.fixed(metrics["curves"][name]["largest_ratio"], 3),
                numbers.fixed(metrics["curves"][name]["last_ratio"], 3),
            ]
            for name, label in CURVES.items()
        ],
    )
