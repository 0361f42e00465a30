"""EECS 182 HW 5, question 5: training curves, the plane of weights, the sweep, the cheat."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import DAGGER, fixed, percent
from proofsheet.report.tables import write_table

FIRST, SECOND, BLACK = figures.COLOURS[0], figures.COLOURS[1], figures.COLOURS[6]
NETWORKS = {"rate_0": "0", "rate_075": "0.75"}
AVERAGED = 50  # steps of the running mean
SMALL = 1e-30  # losses of exactly 0 would not be on a logarithmic axis


def plus_minus(value: float, deviation: float) -> str:
    """Mean and standard deviation, as 0.376 ± 0.142."""
    return f"{fixed(value)} ± {fixed(deviation)}"


def draw_answer(image, label):
    """The image with the bits of its class in the corner: red for 1, cyan for 0."""
    marked = image.copy()
    for place, bit in enumerate(f"{label:04b}"):
        marked[-1, place - 4] = (255, 0, 0) if bit == "1" else (0, 255, 255)
    return marked


with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)
    source = read_json(snakemake.input.source)
    standin = source["standin"]
    mark = DAGGER if standin else ""

    # (b), (d), (e): losses above, weights below
    figure, axes = figures.new(2, 3, height=3.9, sharex=True)
    columns = (
        ("plain", "no dropout"),
        ("small", "dropout, batch 1"),
        ("large", "dropout, batch 1,024"),
    )
    solutions = {"plain": metrics["ols"], "small": metrics["dropout_ls"]["w"]}
    solutions["large"] = solutions["small"]
    for (name, title), upper, lower in zip(columns, *axes, strict=True):
        losses, weights = arrays[f"{name}_losses"], arrays[f"{name}_weights"]
        losses = np.maximum(losses, SMALL)
        if name == "small":  # a jump in each step: light, under its running mean
            upper.semilogy(losses, color="0.8", lw=0.4)
            steps = np.arange(len(losses) - AVERAGED + 1) + AVERAGED / 2
            losses = np.convolve(losses, np.full(AVERAGED, 1 / AVERAGED), mode="valid")
            upper.semilogy(steps, losses, color=BLACK, lw=0.9)
        else:
            upper.semilogy(losses, color=BLACK, lw=0.9)
        upper.set(title=title)
        if name != "plain":
            upper.set_ylim(0.5, 500)
            upper.axhline(metrics["dropout_ls"]["loss"], color=figures.COLOURS[2], lw=1, ls="--")
        for j, colour in enumerate((FIRST, SECOND)):
            style = "-" if j == 0 else "--"
            lower.plot(weights[:, j], color=colour, ls=style, lw=0.9, label=f"$w_{j + 1}$")
            lower.axhline(solutions[name][j], color=colour, lw=0.8, ls=":")
            if name != "plain":
                mean = arrays[f"{name}_mean"][:, j]
                reach = 2 * arrays[f"{name}_deviation"][:, j]
                lower.fill_between(
                    arrays["at"], mean - reach, mean + reach, color=colour, alpha=0.25, lw=0
                )
        lower.set(xlabel="step", ylim=(-0.3, 1.3) if name == "plain" else (-0.6, 4.3))
    axes[0, 0].set_ylabel("loss of the batch")
    axes[1, 0].set_ylabel("weights")
    axes[1, 2].legend(loc="center right", bbox_to_anchor=(1, 0.55))
    figures.save(figure, snakemake.output.training)

    # The plane of weights: a valley without dropout, a bowl with it
    figure, panels = figures.new(1, 2, height=2.6)
    x, y = np.array([10.0, 1.0]), 11.0
    for panel, name, strength, title in (
        (panels[0], "rate_0", 0.0, "dropout rate 0"),
        (panels[1], "rate_05", 1.0, "dropout rate 0.5"),
    ):
        w1, w2 = np.meshgrid(np.linspace(-0.1, 1.3, 200), np.linspace(-0.5, 7, 200))
        loss = (y - x[0] * w1 - x[1] * w2) ** 2 + strength * (x[0] ** 2 * w1**2 + x[1] ** 2 * w2**2)
        floor = loss.min() if strength else 0.0
        panel.contour(
            w1, w2, loss - floor, levels=[0.3, 3, 10, 25, 50, 90, 150, 240], colors="0.75",
            linewidths=0.6,
        )  # fmt: skip
        for optimizer, colour, style in (("sgd", FIRST, "-"), ("adam", SECOND, "--")):
            path = arrays[f"{optimizer}_{name}"]
            panel.plot(
                *path.T, color=colour, ls=style, label={"sgd": "SGD", "adam": "Adam"}[optimizer]
            )
            panel.plot(*path[-1], "o", color=colour, ms=5 if optimizer == "sgd" else 3)
        panel.set(title=title, xlabel="$w_1$", xlim=(-0.1, 1.3), ylim=(-0.5, 7))
    panels[0].plot(w1[0], (y - x[0] * w1[0]) / x[1], color="0.4", lw=0.8, label="loss 0")
    panels[0].plot(*metrics["sweep"]["limit"], "*", color=figures.COLOURS[2], ms=9, ls="none",
                   label="limit for rate → 0")  # fmt: skip
    panels[1].plot(*metrics["dropout_ls"]["w"], "x", color=BLACK, ms=6, ls="none",
                   label="least squares")  # fmt: skip
    panels[0].set_ylabel("$w_2$")
    for panel in panels:
        panel.grid(False)
        panel.legend(fontsize=7, loc="upper right", frameon=True, framealpha=1, edgecolor="white")
    figures.save(figure, snakemake.output.plane)

    # (g) The sweep
    figure, panels = figures.new(1, 2, height=2.5)
    rates, solution = arrays["sweep_rates"], arrays["sweep"]
    for j, panel in enumerate(panels):
        panel.plot(rates[1:], solution[1:, j], color=FIRST, label="least squares")
        panel.plot(0, solution[0, j], "s", color=FIRST, ms=5, label="least squares, rate 0")
        panel.plot(0, metrics["sweep"]["limit"][j], "o", color=FIRST, mfc="white", ms=5,
                   label="its limit for rate → 0")  # fmt: skip
        panel.plot(arrays["drawn_rates"], arrays["drawn"][:, j], color=SECOND, ls="--", lw=1,
                   label="mean of training")  # fmt: skip
        panel.errorbar(
            arrays["trained_rates"], arrays["trained"][:, j], color=BLACK, fmt="x", ms=5,
            label="trained", zorder=5,
        )  # fmt: skip
        panel.set(xlabel="dropout rate", ylabel=f"$w_{j + 1}$", xlim=(-0.03, 1))
    panels[0].legend(fontsize=7)
    figures.save(figure, snakemake.output.sweep)

    # (i) Five images as the networks see them, then the curves
    figure = figures.plt.figure(figsize=(figures.TEXT_WIDTH, 4.0))
    above, below = figure.subfigures(2, 1, height_ratios=[1, 1.6])
    names = source["class_names"]
    grid = above.subplots(2, 5, height_ratios=[8, 1])
    for upper, lower, k in zip(*grid, (0, 1, 3, 6, 9), strict=True):
        marked = draw_answer(arrays["example_images"][k], int(arrays["example_labels"][k]))
        upper.imshow(marked)
        upper.set_title(f"{names[k]} = {k:04b}", fontsize=8, pad=3)
        lower.imshow(marked[-1:, -8:])
        for axis in (upper, lower):
            axis.axis("off")
    left, right = below.subplots(1, 2)
    epochs = np.arange(1, len(arrays["rate_0_loss"]) + 1)
    for i, (name, rate) in enumerate(NETWORKS.items()):
        look = {
            "color": figures.COLOURS[i],
            "ls": figures.LINE_STYLES[i],
            "marker": figures.MARKERS[i],
        }
        left.plot(epochs, 100 * arrays[f"{name}_accuracy"], label=f"dropout {rate}", **look)
        right.plot(epochs, 100 * arrays[f"{name}_validation_accuracy"], **look)
    left.set(xlabel="epoch", ylabel="accuracy / %", title="training images, marked")
    right.set(xlabel="epoch", title="test images, clean")
    left.legend()
    figures.save(figure, snakemake.output.cheating, standin=standin)

    def row(label, w):
        """One model: weights, contributions, output."""
        return [
            label, *map(fixed, w),
            fixed(10 * w[0], 3), fixed(w[1], 3), fixed(10 * w[0] + w[1], 3),
        ]  # fmt: skip

    write_table(
        snakemake.output.weights,
        ["", "$w_1$", "$w_2$", "$10 \\cdot w_1$", "$1 \\cdot w_2$", "output"],
        [
            row("(a) least squares", metrics["ols"]),
            row("(b) trained", metrics["gd"]),
            row("(c) least squares, dropout", metrics["dropout_ls"]["w"]),
            row("(d) trained, batch 1", metrics["dropout_gd"]),
            row("(e) trained, batch 1,024", metrics["dropout_gd_large_batch"]),
        ],
    )
    write_table(
        snakemake.output.predicted,
        ["batch", "$w_1$ predicted", "trained", "$w_2$ predicted", "trained"],
        [
            [
                f"{result['batch']:,}",
                *(
                    text
                    for j in (0, 1)
                    for text in (
                        plus_minus(result["mean"][j], result["deviation"][j]),
                        fixed(metrics[key][j]),
                    )
                ),
            ]
            for key, result in (
                ("dropout_gd", metrics["descent"]["small"]),
                ("dropout_gd_large_batch", metrics["descent"]["large"]),
            )
        ],
    )
    write_table(
        snakemake.output.networks,
        ["dropout", "clean", "right mark", "wrong mark: follows mark", "follows picture",
         "training"],
        [
            [
                rate,
                *(
                    percent(value) + mark
                    for value in (
                        result["clean_accuracy"],
                        result["cheating_accuracy"],
                        result["misled"]["by_bits"],
                        result["misled"]["by_image"],
                        result["train_accuracy"],
                    )
                ),
            ]
            for name, rate in NETWORKS.items()
            for result in [metrics["cheating"][name]]
        ],
    )  # fmt: skip
