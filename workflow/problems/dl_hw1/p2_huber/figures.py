"""Deep Learning HW 1, problem 2: the fits under outliers, their evaluation, and ridge."""

import numpy as np
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report import numbers
from proofsheet.report.tables import write_table

DATA = {"vertical": "errors in $y$", "leverage": "points far out in $x$"}
NAMES = {"squares": "squared loss", "huber": "Huber loss"}
# Colors and line styles of the two losses
LOOK = {
    "squares": {"color": figures.COLOURS[1], "ls": "--"},
    "huber": {"color": figures.COLOURS[0], "ls": "-"},
}

with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    arrays = read_arrays(snakemake.input.arrays)

    # The fits, and how far they go with growing errors
    figure, axes = figures.new(1, 3, height=2.4)
    truth = metrics["truth"]
    for axis, kind in zip(axes, DATA, strict=False):
        x, y, wrong = (arrays[f"{kind}_{part}"] for part in ("x", "y", "wrong"))
        ends = np.array([x.min(), x.max()])
        axis.plot(ends, truth["intercept"] + truth["slope"] * ends, color="black", ls=":", lw=0.9,
                  label="truth")  # fmt: skip
        for name, look in LOOK.items():
            w = arrays[f"{kind}_{name}"]
            axis.plot(ends, w[0] + w[1] * ends, **look, label=NAMES[name])
        axis.plot(x[~wrong], y[~wrong], "o", color="0.35", ms=2.5)
        axis.plot(x[wrong], y[wrong], "x", color="0.35", ms=4)
        axis.set(title=DATA[kind], xlabel="$x$")
    axes[0].set_ylabel("$y$")
    axes[1].legend(loc="upper left", fontsize=7)
    for name, look in LOOK.items():
        axes[2].plot(arrays["shifts"], arrays[f"sweep_{name}"], **look)
    axes[2].set(title="growing errors in $y$", xlabel="size of the errors",
                ylabel=r"$\Vert\hat w - w_{\mathrm{true}}\Vert$")  # fmt: skip
    figures.save(figure, snakemake.output.fits)

    # Ridge
    figure, axes = figures.new(1, 2, height=2.2, sharey=True)
    titles = {"clean": "clean", "corrupted": "some targets grossly wrong"}
    for axis, (data, title) in zip(axes, titles.items(), strict=True):
        for (name, look), marker in zip(LOOK.items(), "so", strict=True):
            errors = arrays[f"ridge_{data}_{name}"]
            axis.loglog(arrays["lams"], errors, marker, **look, label=NAMES[name])
        axis.axhline(metrics["ridge"]["error_of_nothing"], color="black", ls=":", lw=0.8)
        axis.set(title=title, xlabel=r"$\lambda$")
    axes[0].yaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    axes[0].yaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes[0].yaxis.set_minor_formatter(NullFormatter())
    axes[0].set_ylabel(r"$\Vert\hat w - w_{\mathrm{true}}\Vert$")
    axes[1].legend()
    figures.save(figure, snakemake.output.ridge)

    rows = []
    for data, label in (("clean", "clean"), ("vertical", "with errors in $y$")):
        for name in NAMES:
            result = metrics["vertical"][name][f"{data}_test"]
            rows.append(
                [
                    label if name == "squares" else "",
                    NAMES[name],
                    numbers.fixed(result["mean_square"], 2),
                    numbers.fixed(result["median_absolute"], 2),
                ]
            )
    write_table(
        snakemake.output.evaluation,
        ["test set", "fitted by", "mean squared error", "median absolute error"],
        rows,
        "llrr",
    )
