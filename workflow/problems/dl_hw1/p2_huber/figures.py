"""Deep Learning HW 1, problem 2: loss, score and weight; fits; convergence; ridge."""

import numpy as np
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from problems.dl_hw1.p2_huber.huber import huber_loss, huber_score, huber_weight
from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report import numbers
from proofsheet.report.tables import write_table

SQUARES, HUBER = figures.COLOURS[1], figures.COLOURS[0]
DATA = {
    "clean": "clean",
    "vertical": "errors in $y$",
    "leverage": "leverage points",
}
NAMES = {"squares": "squared loss", "huber": "Huber loss"}

with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    arrays = read_arrays(snakemake.input.arrays)

    # Loss, its derivative and the weight, for δ = 1
    r = np.linspace(-4, 4, 401)
    curves = {
        r"loss $\ell(r)$": (r**2 / 2, huber_loss(r, 1)),
        r"score $\psi(r) = \ell'(r)$": (r, huber_score(r, 1)),
        r"weight $\omega(r) = \psi(r)/r$": (np.ones_like(r), huber_weight(r, 1)),
    }
    figure, axes = figures.new(1, 3, height=1.9)
    for axis, (title, (squares, huber)) in zip(axes, curves.items(), strict=True):
        axis.plot(r, squares, color=SQUARES, ls="--", label="squared")
        axis.plot(r, huber, color=HUBER, ls="-", label="Huber")
        axis.set(title=title, xlabel=r"$r/\delta$", xticks=(-4, -2, -1, 0, 1, 2, 4))
    axes[0].set_ylim(-0.2, 6)
    axes[2].set_ylim(0, 1.15)
    axes[0].legend(loc="upper center")
    figures.save(figure, snakemake.output.influence)

    # The fits, and how far they go with growing errors
    figure, axes = figures.new(1, 3, height=2.4)
    truth = metrics["truth"]
    for axis, kind in zip(axes, ("vertical", "leverage"), strict=False):
        x, y, wrong = (arrays[f"{kind}_{part}"] for part in ("x", "y", "wrong"))
        ends = np.array([x.min(), x.max()])
        axis.plot(ends, truth["intercept"] + truth["slope"] * ends, color="black", ls=":", lw=0.9,
                  label="truth")  # fmt: skip
        for name, colour, style in (("squares", SQUARES, "--"), ("huber", HUBER, "-")):
            w = arrays[f"{kind}_{name}"]
            axis.plot(ends, w[0] + w[1] * ends, color=colour, ls=style, label=NAMES[name])
        axis.plot(x[~wrong], y[~wrong], "o", color="0.35", ms=2.5)
        axis.plot(x[wrong], y[wrong], "x", color="0.35", ms=4)
        axis.set(title=DATA[kind], xlabel="$x$")
    axes[0].set_ylabel("$y$")
    axes[1].legend(loc="upper left", fontsize=7)
    for name, colour, style in (("squares", SQUARES, "--"), ("huber", HUBER, "-")):
        axes[2].plot(
            arrays["shifts"], arrays[f"sweep_{name}"], color=colour, ls=style, label=NAMES[name]
        )
    axes[2].set(title="growing errors in $y$", xlabel="size of the errors",
                ylabel=r"$\Vert\hat w - w_{\mathrm{true}}\Vert$")  # fmt: skip
    figures.save(figure, snakemake.output.fits)

    # The two ways to the minimizer
    figure, (left, right) = figures.new(1, 2, height=2.2)
    for name, label, style in (("gd", "gradient descent", "-"), ("irls", "IRLS", "o--")):
        excess, norms = arrays[f"{name}_excess"], arrays[f"{name}_gradient_norms"]
        count = np.arange(1, len(excess) + 1)
        colour = figures.COLOURS[0 if name == "gd" else 1]
        # Below the rounding of the objective the difference is noise.
        floor = 100 * np.finfo(float).eps * excess[0]
        visible = np.where(excess > floor, excess, np.nan)
        left.loglog(count, visible, style, color=colour, label=label)
        right.loglog(count, norms, style, color=colour, label=label)
    left.set(xlabel="iterate", ylabel=r"$L_\delta(w) - \min L_\delta$")
    right.set(xlabel="iterate", ylabel=r"$\Vert\nabla L_\delta(w)\Vert$")
    right.legend()
    figures.save(figure, snakemake.output.convergence)

    # Ridge
    figure, axes = figures.new(1, 2, height=2.2)
    for axis, (data, title) in zip(
        axes, {"clean": "clean", "corrupted": "some targets grossly wrong"}.items(), strict=True
    ):
        for name, colour, style in (("squares", SQUARES, "s--"), ("huber", HUBER, "o-")):
            axis.loglog(arrays["lams"], arrays[f"ridge_{data}_{name}"], style, color=colour,
                        label=NAMES[name])  # fmt: skip
        axis.axhline(metrics["ridge"]["error_of_nothing"], color="black", ls=":", lw=0.8)
        axis.set(title=title, xlabel=r"$\lambda$")
    low = min(arrays[f"ridge_{data}_{name}"].min() for data in ("clean", "corrupted")
              for name in NAMES)  # fmt: skip
    high = max(arrays[f"ridge_{data}_{name}"].max() for data in ("clean", "corrupted")
               for name in NAMES)  # fmt: skip
    for axis in axes:
        axis.set_ylim(0.8 * low, 1.3 * high)
        axis.yaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter(FormatStrFormatter("%g"))
        axis.yaxis.set_minor_formatter(NullFormatter())
    axes[0].set_ylabel(r"$\Vert\hat w - w_{\mathrm{true}}\Vert$")
    axes[1].legend()
    figures.save(figure, snakemake.output.ridge)

    write_table(
        snakemake.output.fits_table,
        ["data", "loss", "intercept", "slope", "distance to the truth"],
        [
            [
                DATA[kind] if name == "squares" else "",
                NAMES[name],
                numbers.fixed(metrics[kind][name]["intercept"], 3),
                numbers.fixed(metrics[kind][name]["slope"], 3),
                numbers.fixed(metrics[kind][name]["distance"], 3),
            ]
            for kind in DATA
            for name in NAMES
        ],
        "llrrr",
    )
    write_table(
        snakemake.output.iterations,
        ["data", "κ(XᵀX)", "squared loss, descent", "Huber, descent", "Huber, IRLS",
         r"$\lVert \hat w_{\mathrm{IRLS}} - \hat w_{\mathrm{descent}} \rVert$"],
        [
            [
                DATA[kind],
                numbers.fixed(metrics[kind]["condition"], 1),
                numbers.integer(metrics[kind]["squares_gd_iterations"]),
                numbers.integer(metrics[kind]["gd_iterations"]),
                numbers.integer(metrics[kind]["irls_iterations"]),
                numbers.scientific(metrics[kind]["fits_distance"]),
            ]
            for kind in DATA
        ],
    )  # fmt: skip
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
