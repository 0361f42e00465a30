"""CS 7643 PS 2, problem 6: the counterexample, the classified steps, the noise floor."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from problems.cs7643_ps2.p6_sgd.model import CENTRES, loss, step, term
from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import fixed, percent
from proofsheet.report.tables import write_table

CLASSES = (
    ("#F4F4F4", "no step raises $f$"),
    ("#9CC5E3", "the step on $f_1$"),
    ("#F3B78E", "the step on $f_2$"),
    ("#8E6C8A", "both steps"),
)


def short(value: float) -> str:
    """A number without trailing zeros, to eight decimals."""
    text = fixed(value, 8).rstrip("0")
    return text.removesuffix(".")


with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    arrays = read_arrays(snakemake.input.arrays)

    # Left: the first of the steps that are shown. Right: its change of f for every step size.
    example = metrics["shown"][0]
    figure, (left, right) = figures.new(1, 2, height=2.7)
    w = np.linspace(-1.4, 2.4, 200)
    for k, (values, label) in enumerate(
        ((loss(w), "$f$"), (term(0, w), "$f_1$"), (term(1, w), "$f_2$"))
    ):
        left.plot(w, values, label=label, color=figures.COLOURS[k], ls=figures.LINE_STYLES[k])
    for before, after, colour in (
        ("loss", "loss_after", figures.COLOURS[0]),
        ("term", "term_after", figures.COLOURS[1]),
    ):
        left.annotate(
            "", (example["after"], example[after]), (example["w"], example[before]),
            arrowprops={"arrowstyle": "-|>", "color": "black", "lw": 1.2, "mutation_scale": 9,
                        "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        left.plot(example["w"], example[before], "o", color=colour, ms=4.5)
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
        cmap=ListedColormap([colour for colour, _ in CLASSES]), vmin=-0.5, vmax=3.5,
    )  # fmt: skip
    fine = np.linspace(1e-3, 1.999, 800)
    ratio = fine / (2 - fine)
    for sign in (-1, 1):
        axis.plot(0.5 + sign * 1.5 * ratio, fine, color="black", lw=1, ls="-")
        axis.plot(
            0.5 + sign * 1.5 * np.sqrt(ratio), fine, color=figures.COLOURS[2], lw=1.4, ls="--"
        )
    for centre in CENTRES:
        axis.axvline(centre, color="black", lw=1, ls="-")
    axis.set(xlabel="$w$", ylabel=r"$\eta$", xlim=(points[0], points[-1]), ylim=(0, 2))
    axis.grid(False)
    expectation = axis.plot([], [], color=figures.COLOURS[2], lw=1.4, ls="--",
                            label="above: $f$ rises on average")  # fmt: skip
    patches = [Patch(facecolor=c, edgecolor="#888888", lw=0.5, label=label) for c, label in CLASSES]
    figure.legend(handles=[*patches, *expectation], loc="outside upper center", ncols=5, fontsize=7,
                  columnspacing=1.0, handlelength=1.6)  # fmt: skip
    figures.save(figure, snakemake.output.regions)

    # The mean of the loss, step by step: symbols measured, lines predicted
    figure, axis = figures.new(width=0.85, height=2.9)
    t = np.arange(metrics["steps"] + 1)
    marks = np.unique(np.round(np.logspace(0, np.log10(t[-1]), 24)).astype(int))
    labels = {name: rf"$\eta = {entry['eta']:g}$" for name, entry in metrics["rates"].items()}
    for k, (name, label) in enumerate({**labels, "harmonic": r"$\eta_t = 1/t$"}.items()):
        axis.loglog(marks, arrays[f"excess_{name}"][marks], figures.MARKERS[k], label=label,
                    color=figures.COLOURS[k])  # fmt: skip
        axis.loglog(t[1:], arrays[f"expected_{name}"][1:], "-", lw=0.9, color=figures.COLOURS[k])
    axis.set(xlabel="step $t$", ylabel=r"mean of $f(w_t) - 9/4$")
    axis.legend(loc="lower left")
    figures.save(figure, snakemake.output.floor)

    write_table(
        snakemake.output.steps,
        ["$w$", r"$\eta$", "Sampled", "$w^+$", "Sampled term", "$f$", "$f$ falls?"],
        [
            [
                short(row["w"]),
                short(row["eta"]),
                f"$f_{row['sampled']}$",
                short(row["after"]),
                f"{short(row['term'])} → {short(row['term_after'])}",
                f"{short(row['loss'])} → {short(row['loss_after'])}",
                "yes" if row["loss_after"] < row["loss"] else "no",
            ]
            for row in metrics["shown"]
        ],
        align="rrcrccc",
    )
    write_table(
        snakemake.output.floors,
        [r"$\eta$", "Floor, predicted", "Floor, measured", "$r$", r"Steps that raise $f$"],
        [
            [
                short(entry["eta"]),
                fixed(entry["floor"]),
                fixed(entry["measured"]),
                fixed(entry["overshoot"]),
                percent(entry["rising_share"], 1),
            ]
            for entry in metrics["rates"].values()
        ],
        align="rrrrr",
    )
