"""CS 7643 PS 2, problem 6: the counterexample, and the classified steps."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from problems.cs7643_ps2.p6_sgd.model import CENTERS, loss, step, term
from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json

CLASSES = (
    ("#F4F4F4", "no step raises $f$"),
    ("#9CC5E3", "the step on $f_1$"),
    ("#F3B78E", "the step on $f_2$"),
    ("#8E6C8A", "both steps"),
)


with script.run(snakemake):
    arrays = read_arrays(snakemake.input.arrays)

    # Left: the step. Right: the change of f from the same point, for every step size.
    example = read_json(snakemake.input.metrics)["example"]
    figure, (left, right) = figures.new(1, 2, height=2.3)
    w = np.linspace(-1.4, 2.4, 200)
    for k, (values, label) in enumerate(
        ((loss(w), "$f$"), (term(0, w), "$f_1$"), (term(1, w), "$f_2$"))
    ):
        left.plot(w, values, label=label, color=figures.COLOURS[k], ls=figures.LINE_STYLES[k])
    for before, after, color in (
        ("loss", "loss_after", figures.COLOURS[0]),
        ("term", "term_after", figures.COLOURS[1]),
    ):
        left.annotate(
            "", (example["after"], example[after]), (example["w"], example[before]),
            arrowprops={"arrowstyle": "-|>", "color": "black", "lw": 1.2, "mutation_scale": 9,
                        "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        left.plot(example["w"], example[before], "o", color=color, ms=4.5)
    left.set(xlabel="$w$", ylabel="loss", ylim=(0, 6.2))
    left.legend(loc="upper center", ncols=3)
    eta = np.linspace(0, 2, 200)
    for k, i in enumerate((0, 1), start=1):
        change = loss(step(example["w"], i, eta)) - loss(example["w"])
        right.plot(eta, change, color=figures.COLOURS[k], ls=figures.LINE_STYLES[k],
                   label=f"step on $f_{i + 1}$")  # fmt: skip
    right.plot(example["eta"], example["loss_after"] - example["loss"], "o", color="black", ms=4)
    right.axhline(0, color="black", lw=0.7, ls="-")
    right.set(xlabel=r"$\eta$", ylabel=f"change of $f$ from $w = {example['w']:g}$")
    right.legend()
    figures.save(figure, snakemake.output.counterexample)

    # The plane of points and step sizes
    points, rates = arrays["points"], arrays["rates"]
    figure, axis = figures.new(height=3.0)
    axis.pcolormesh(
        points, rates, arrays["classes"], shading="nearest", rasterized=True,
        cmap=ListedColormap([color for color, _ in CLASSES]), vmin=-0.5, vmax=3.5,
    )  # fmt: skip
    fine = np.linspace(1e-3, 1.999, 800)
    ratio = fine / (2 - fine)
    for sign in (-1, 1):
        axis.plot(0.5 + sign * 1.5 * ratio, fine, color="black", lw=1, ls="-")
        axis.plot(
            0.5 + sign * 1.5 * np.sqrt(ratio), fine, color=figures.COLOURS[2], lw=1.4, ls="--"
        )
    for center in CENTERS:
        axis.axvline(center, color="black", lw=1, ls="-")
    axis.set(xlabel="$w$", ylabel=r"$\eta$", xlim=(points[0], points[-1]), ylim=(0, 2))
    axis.grid(False)
    expectation = axis.plot([], [], color=figures.COLOURS[2], lw=1.4, ls="--",
                            label="above: $f$ rises on average")  # fmt: skip
    patches = [Patch(facecolor=c, edgecolor="#888888", lw=0.5, label=label) for c, label in CLASSES]
    figure.legend(handles=[*patches, *expectation], loc="outside upper center", ncols=5, fontsize=7,
                  columnspacing=1.0, handlelength=1.6)  # fmt: skip
    figures.save(figure, snakemake.output.regions)
