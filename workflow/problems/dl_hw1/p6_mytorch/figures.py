"""Deep Learning HW 1, problem 6: figures and tables of the gradient check and of the training."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import DAGGER, fixed, integer, percent, scientific
from proofsheet.report.tables import write_table

BAR = 1e-5  # the text's, for the relative error
WINDOW = 50  # iterations of the running mean

with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)
    standin = read_json(snakemake.input.source)["standin"]
    mark = DAGGER if standin else ""
    blue, orange, green = figures.COLOURS[:3]

    # The error over the step of the difference quotient
    figure, (left, right) = figures.new(1, 2, height=2.4, sharex=True)
    epsilons = arrays["epsilons"]
    left.loglog(epsilons, arrays["max_error"], color=orange, ls="--", label="largest")
    left.loglog(epsilons, arrays["median_error"], color=blue, label="median")
    left.loglog(epsilons, arrays["median_single"], color=green, ls="-.", label="median, float32")
    left.set(xlabel=r"$\varepsilon$", ylabel="absolute error $|a - n|$", ylim=(1e-13, 1e5))
    right.loglog(epsilons, arrays["max_strict"], color=orange, ls="--", label="largest")
    right.loglog(epsilons, arrays["median_strict"], color=blue, label="median")
    right.axhline(BAR, color="black", lw=0.8, ls=":", label="$10^{-5}$")
    right.set(xlabel=r"$\varepsilon$", ylabel="relative error", ylim=(1e-12, 1e3))
    for axis in (left, right):
        axis.legend(
            fontsize=7, loc="upper center", ncols=3, frameon=True, framealpha=1, edgecolor="none"
        )
        # Above the grid, which has a line there too.
        axis.axvline(metrics["gradient_check"]["epsilon"], color="0.25", lw=1.0, ls="-", zorder=1)
        axis.set_xlim(epsilons[0], epsilons[-1])
    figures.save(figure, snakemake.output.epsilon, standin=standin)

    # Training loss against the iteration
    figure, axis = figures.new(height=1.6)
    losses = arrays["losses"]
    count = np.arange(1, losses.size + 1)
    axis.semilogy(count, losses.ravel(), color="0.75", ls="-", lw=0.5, label="mini-batch")
    window = min(WINDOW, losses.size)
    mean = np.convolve(losses.ravel(), np.full(window, 1 / window), "valid")
    axis.semilogy(count[window - 1 :], mean, color=blue, label=f"mean of the last {window}")
    middles = (np.arange(len(losses)) + 0.5) * losses.shape[1]
    axis.semilogy(middles, losses.mean(axis=1), "o", color=orange, label="mean of an epoch")
    for epoch in range(1, len(losses)):
        axis.axvline(epoch * losses.shape[1], color="0.6", lw=0.6)
    axis.set(xlabel="iteration", ylabel="training loss", xlim=(0, losses.size))
    # Single batches near zero would take the whole axis.
    axis.set_ylim(np.quantile(losses, 0.002), 1.2 * losses.max())
    axis.legend(loc="upper right", ncols=3)
    figures.save(figure, snakemake.output.loss, standin=standin)

    # Test images with their labels: ten at random, and ten errors
    figure, axes = figures.new(2, metrics["shown"]["images"], height=1.5)
    for row, name in zip(axes, ("shown", "missed"), strict=True):
        for axis in row:
            axis.axis("off")
        columns = (arrays[f"{name}_{what}"] for what in ("images", "predicted", "true"))
        for axis, image, predicted, true in zip(row, *columns, strict=False):
            axis.imshow(image, cmap="gray_r", vmin=0, vmax=255)
            axis.set_title(f"pred. {predicted}\ntrue {true}", fontsize=8,
                           color="black" if predicted == true else orange)  # fmt: skip
    figures.save(figure, snakemake.output.digits, standin=standin)

    check = metrics["gradient_check"]
    write_table(
        snakemake.output.check,
        ["images", "entries checked", "of", "$\\varepsilon$", "largest relative error",
         "with the floor"],
        [[
            integer(check["images"]),
            integer(check["entries"]),
            integer(metrics["parameters"]),
            scientific(check["epsilon"]),
            scientific(check["strict_max_relative_error"]) + mark,
            scientific(check["max_relative_error"]) + mark,
        ]],
        align="rrrrrr",
    )  # fmt: skip

    def shown(error: float) -> str:
        """Four decimals as far as they say something."""
        return fixed(error) if error >= 1e-4 else scientific(error)

    write_table(
        snakemake.output.mistakes,
        ["what is wrong", "largest relative error", "seen"],
        [
            [case["what"], shown(case["error"]), "yes" if case["error"] >= BAR else "–"]
            for case in metrics["mistakes"]
        ],
        align="lrc",
    )
    results = metrics["initializations"] | {"tuned": metrics["tuned"]}
    names = {"xavier": "as in the text, Xavier", "he": "as in the text, He", "tuned": "our own"}
    seeds = [f"seed {seed}" for seed in metrics["seeds"]]
    write_table(
        snakemake.output.initializations,
        ["recipe", *seeds, "mean"],
        [
            [
                names[recipe],
                *(percent(a) + mark for a in [*found["test_accuracies"], found["mean"]]),
            ]
            for recipe, found in results.items()
        ],
        align="l" + "r" * (len(seeds) + 1),
    )
