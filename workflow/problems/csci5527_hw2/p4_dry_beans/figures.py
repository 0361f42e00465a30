"""CSCI 5527 HW 2, problem 4: figures and tables of the beans and the two classifiers."""

import numpy as np

from problems.csci5527_hw2.p4_dry_beans.printed_settings import PRINTED
from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import DAGGER, fixed, integer, percent
from proofsheet.report.tables import write_table

KINDS = {"classical": "(a) support vector machine", "mlp": "(b) multi-layer perceptrons"}


with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)
    trials = {kind: read_json(snakemake.input[kind])["trials"] for kind in KINDS}
    standin = read_json(snakemake.input.source)["standin"]
    mark = DAGGER if standin else ""
    names = list(metrics["class_counts"])

    # The data: how many, and how they lie.
    figure, (left, right) = figures.new(1, 2, height=2.1, width_ratios=(1, 1.35))
    order = np.argsort(list(metrics["class_counts"].values()))
    left.barh(range(len(names)), [metrics["class_counts"][names[k]] for k in order], color="0.55")
    left.set_yticks(range(len(names)), [names[k] for k in order])
    left.set(xlabel="beans")
    left.grid(axis="y", visible=False)
    for k, name in enumerate(names):
        size, elongation = arrays["coordinates"][arrays["labels"] == k, :2].T
        right.plot(
            np.exp(size) / 1000, np.exp(elongation),
            figures.MARKERS[k], color=figures.COLOURS[k], alpha=0.6, ms=2.5, mew=0, label=name,
        )  # fmt: skip
    right.set_xscale("log")
    right.set_xticks([20, 50, 100, 200], ["20", "50", "100", "200"])
    right.minorticks_off()
    right.set(xlabel="area / 1000 pixels", ylabel="major axis / minor axis")
    figure.legend(loc="outside lower center", handles=right.lines, ncols=7, markerscale=2,
                  columnspacing=1, handletextpad=0.1)  # fmt: skip
    figures.save(figure, snakemake.output.data, standin=standin)

    # Learning curves of the chosen perceptrons, fitted to the training rows.
    figure, (left, right) = figures.new(1, 2, height=1.8)
    epochs = np.arange(1, len(arrays["loss"]) + 1)
    for panel, name, scale, label in (
        (left, "loss", 1, "cross-entropy"),
        (right, "accuracy", 100, "accuracy / %"),
    ):
        curves = scale * np.stack([arrays[name], arrays[f"validation_{name}"]])
        panel.plot(epochs, curves[0], label="training (mean of the networks)")
        panel.plot(epochs, curves[1], label="validation (mean probability)")
        # The first epochs would flatten everything that follows.
        late = curves[:, len(epochs) // 10 :]
        panel.set_ylim(late.min() - 0.1 * np.ptp(late), late.max() + 0.1 * np.ptp(late))
        panel.set(xlabel="epoch", ylabel=label)
    left.legend()
    figures.save(figure, snakemake.output.curves, standin=standin)

    figure, axes = figures.new(1, 2, height=2.85)
    for panel, (kind, title) in zip(axes, KINDS.items(), strict=True):
        figures.heatmap(panel, arrays[f"{kind}_confusion"], names)
        panel.set_title(title)
    figures.save(figure, snakemake.output.confusion, standin=standin)

    # Tables.
    for kind in KINDS:
        best = max(trials[kind], key=lambda trial: trial["validation_accuracy"])
        shown = [name for name in PRINTED if any(t["axis"] == name for t in trials[kind])]
        write_table(
            snakemake.output[f"tuning_{kind}"],
            ["Tuned", *(PRINTED[name][0] for name in shown), "Validation accuracy"],
            [
                [
                    PRINTED.get(trial["axis"], ["start"])[0],
                    *(PRINTED[name][2](trial["settings"][name]) for name in shown),
                    ("**{}**" if trial is best else "{}").format(
                        percent(trial["validation_accuracy"]) + mark
                    ),
                ]
                for trial in trials[kind]
            ],
            align="l" + "r" * len(shown) + "r",
        )
    measures = {
        "validation": ("validation_accuracies", percent),
        "test": ("test_accuracies", percent),
        "macro F1": ("macro_f1s", fixed),
    }
    write_table(
        snakemake.output.splits,
        ["Split", *(f"({part}) {measure}" for part in "ab" for measure in measures)],
        [
            [
                integer(seed),
                *(
                    shown(metrics[kind][values][i]) + mark
                    for kind in KINDS
                    for values, shown in measures.values()
                ),
            ]
            for i, seed in enumerate(metrics["seeds"])
        ],
        align="rrrrrrr",
    )
