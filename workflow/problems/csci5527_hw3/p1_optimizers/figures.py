"""CSCI 5527 HW 3, problem 1: objectives over the epochs, step lengths; tables."""

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import DAGGER, fixed, integer, percent
from proofsheet.report.tables import write_table

OPTIMIZERS = {"adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}
AXIS_NAMES = {"lr": "learning rate", "weight_decay": "weight decay"}


def plain_ticks(axis):
    """Percentages on a logarithmic axis, written out: 1, 2, 5, 10 and not 2 × 10⁰."""
    low, high = axis.get_ylim()
    axis.set_yticks([0.2, 0.5, 1, 2, 5, 10, 20, 50, 100])
    axis.set_ylim(low, high)  # ticks outside would widen it
    axis.yaxis.set_major_formatter("{x:g}")
    axis.yaxis.set_minor_locator(NullLocator())


def row(label, result, mark):
    """Mean test accuracy, that of each seed, and where the training ended."""
    return [
        label,
        percent(result["test_accuracy"]) + mark,
        ", ".join(percent(value) for value in result["test_accuracies"]) + mark,
        percent(result["validation_accuracy"]) + mark,
        fixed(result["loss"]) + mark,
        fixed(result["validation_loss"]) + mark,
    ]


def curves(axis, arrays, name, kind, scale=1.0, offset=0.0):
    """Mean over the seeds as lines, with their range."""
    for k, (part, label) in enumerate((("", "training"), ("validation_", "validation"))):
        values = offset + scale * arrays[f"ours_{name}_{part}{kind}"]
        epochs = np.arange(1, values.shape[1] + 1)
        axis.plot(
            epochs, values.mean(axis=0), color=figures.COLOURS[k], ls=figures.LINE_STYLES[k],
            marker=figures.MARKERS[k], label=label,
        )  # fmt: skip
        axis.fill_between(
            epochs, values.min(axis=0), values.max(axis=0), color=figures.COLOURS[k], alpha=0.25,
            lw=0,
        )  # fmt: skip
    axis.set(xlabel="epoch", yscale="log")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))


with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)
    standin = read_json(snakemake.input.source)["standin"]
    mark = DAGGER if standin else ""

    # The objective, and the share of wrong answers, for (b), (c) and (d).
    for part, names in (
        ("adagrad", ("adagrad",)), ("rmsprop", ("rmsprop",)), ("adam", ("adam", "adamw")),
    ):  # fmt: skip
        figure, grid = figures.new(len(names), 2, height=0.4 + 1.45 * len(names), squeeze=False)
        for (left, right), name in zip(grid, names, strict=True):
            curves(left, arrays, name, "loss")
            curves(right, arrays, name, "accuracy", scale=-100, offset=100)
            left.set(ylabel="objective", title=OPTIMIZERS[name])
            right.set(ylabel="wrong answers / %", title=OPTIMIZERS[name])
            plain_ticks(right)
        grid[0, 0].legend(fontsize=7)
        figures.save(figure, snakemake.output[part], standin=standin)

    # What each does to the step size.
    figure, panels = figures.new(1, 2, height=1.9, sharey=True)
    for panel, case in zip(panels, ("constant", "change"), strict=True):
        for k, name in enumerate(("adagrad", "rmsprop", "adam")):
            lengths = arrays[f"{case}_{name}"]
            panel.plot(
                np.arange(1, len(lengths) + 1), lengths, label=OPTIMIZERS[name],
                color=figures.COLOURS[k], ls=figures.LINE_STYLES[k],
            )  # fmt: skip
        panel.set(yscale="log", xlabel="step $t$")
    panels[0].set(xscale="log", title="gradients of constant size",
                  ylabel=r"$|\theta_{t+1} - \theta_t|\,/\,\alpha$")  # fmt: skip
    panels[1].set(title="gradients shrink to a hundredth")
    panels[0].legend(loc="lower left")
    figures.save(figure, snakemake.output.steps)

    # Tables.
    tuning = {found["optimizer"]: found for found in map(read_json, snakemake.input.tuning)}
    rows = []
    for name, label in OPTIMIZERS.items():
        for axis, trials in tuning[name]["axes"].items():
            cells = []
            for trial in trials:
                cell = f"{trial['value']:g}: {fixed(trial['validation_loss'])}{mark}"
                chosen = trial["value"] == tuning[name]["chosen"][axis]
                cells.append(f"**{cell}**" if chosen else cell)
            rows.append([label, AXIS_NAMES[axis], *cells])
    most = max(map(len, rows))
    write_table(
        snakemake.output.tuning_table,
        ["Optimizer", "Tuned", "Value: objective", *[""] * (most - 3)],
        [row + [""] * (most - len(row)) for row in rows],
        align="l" * most,
    )

    write_table(
        snakemake.output.results,
        ["Optimizer", "Test", "Each seed", "Validation", "Objective", "Val. objective"],
        [row(label, metrics[name], mark) for name, label in OPTIMIZERS.items()],
        align="lrlrrr",
    )
    write_table(
        snakemake.output.agreement,
        ["Optimizer", "Ours", "Built-in", "Objective, ours", "Built-in", "Different answers"],
        [
            [
                label,
                *(percent(ends["validation_accuracy"]) + mark for ends in both),
                *(fixed(ends["validation_loss"]) + mark for ends in both),
                percent(metrics["agreement"]["different"][name]) + mark,
            ]
            for name, label in OPTIMIZERS.items()
            for both in [(tuning[name]["ours"], tuning[name]["builtin"])]
        ],
    )
    first, second, last = metrics["layer_parameters"]
    write_table(
        snakemake.output.network,
        ["Layer", "Output", "Parameters"],
        [
            ["convolution 5 × 5; maxima of 2 × 2; ReLU", "16 × 12 × 12", integer(first)],
            ["convolution 5 × 5, stride 2; ReLU", "64 × 4 × 4", integer(second)],
            ["dropout; linear", "10", integer(last)],
        ],
        align="llr",
    )
