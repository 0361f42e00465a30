"""EECS 182 HW 5, question 6: the graph, the experiments, learning curves; a table."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from proofsheet import figures
from proofsheet.autodiff.drawing import draw_graph
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import DAGGER, integer, percent
from proofsheet.report.tables import write_table

KINDS = {"plain": "without batch norm", "normalized": "with batch norm"}
RATES = {"none": "no dropout", "half": "dropout 0.5"}
NETWORKS = {"plain": "plain", "bn_dropout": "batch norm, dropout", "own": "own design"}

with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)
    standin = read_json(snakemake.input.source)["standin"]
    mark = DAGGER if standin else ""

    # (a) The graph with the nodes that are asked for.
    figure, axes = figures.new(width=0.7, height=1.9)
    draw_graph(axes, read_json(snakemake.input.graph), row_distance=0.75)
    figures.save(figure, snakemake.output.graph)

    def over_seeds(panel, x, values, label, **options) -> None:
        """The mean over seeds (seeds, n) as a line, the seeds themselves behind it."""
        (line,) = panel.plot(x, values.mean(axis=0), label=label, **options)
        for one in values:
            panel.plot(x, one, color=line.get_color(), lw=0.4, alpha=0.5, ls="-")

    # Batch norm in six layers.
    figure, panels = figures.new(1, 3, height=2.0)
    for kind, label in KINDS.items():
        losses = arrays[f"bn_depth_{kind}_loss"]
        some = min(10, losses.shape[1])  # batches that are averaged
        usable = losses.shape[1] // some * some
        smooth = losses[:, :usable].reshape(len(losses), -1, some).mean(axis=2)
        over_seeds(panels[0], some * np.arange(1, smooth.shape[1] + 1), smooth, label)
        for panel, what in zip(panels[1:], ("train", "validation"), strict=True):
            values = 100 * arrays[f"bn_depth_{kind}_{what}_accuracy"]
            over_seeds(panel, np.arange(1, values.shape[1] + 1), values, label)
    panels[0].set(xlabel="batch", ylabel="loss")
    panels[1].legend(loc="upper left")
    panels[1].set_ylim(0, 119)  # room for the legend above the curves
    panels[1].set(xlabel="epoch", ylabel="training accuracy / %")
    panels[2].set(xlabel="epoch", ylabel="validation accuracy / %")
    for panel in panels[1:]:
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    figures.save(figure, snakemake.output.depth, standin=standin)

    # Weight scales in eight layers.
    figure, panels = figures.new(1, 3, height=2.0)
    for (kind, label), marker in zip(KINDS.items(), figures.MARKERS, strict=False):
        for panel, what in zip(
            panels, ("train_accuracy", "validation_accuracy", "loss"), strict=True
        ):
            values = arrays[f"weight_scale_{kind}_{what}"].T
            values = values if what == "loss" else 100 * values
            over_seeds(panel, arrays["scales"], values, label, marker=marker)
    for panel, label in zip(
        panels, ("best training accuracy / %", "best validation accuracy / %", "last loss"),
        strict=True,
    ):  # fmt: skip
        panel.axvline(metrics["weight_scale"]["he"], color="0.5", lw=0.7, ls=":")
        panel.set(xscale="log", xlabel="weight scale", ylabel=label)
    panels[2].set_yscale("log")
    panels[2].legend(loc="upper left", frameon=True, framealpha=1, edgecolor="white")
    figures.save(figure, snakemake.output.scale, standin=standin)

    def draw_accuracies(experiment: str, labels: dict[str, str], output: str, **size) -> None:
        """Training and validation accuracy over the epochs, side by side."""
        figure, panels = figures.new(1, 2, sharex=True, **size)
        parts = {"train": "training", "validation": "validation"}
        for panel, (part, title) in zip(panels, parts.items(), strict=True):
            for (name, label), marker in zip(labels.items(), figures.MARKERS, strict=False):
                values = 100 * np.atleast_2d(arrays[f"{experiment}_{name}_{part}_accuracy"])
                over_seeds(panel, np.arange(1, values.shape[1] + 1), values, label, marker=marker)
            panel.set(xlabel="epoch", ylabel=f"{title} accuracy / %")
            panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panels[0].legend()
        figures.save(figure, output, standin=standin)

    # The ConvNet, and (c) dropout.
    draw_accuracies("convnet", KINDS, snakemake.output.convnet, width=0.85, height=2.1)
    draw_accuracies("dropout", RATES, snakemake.output.dropout, height=2.4)

    # (d) The PyTorch networks.
    figure, panels = figures.new(1, 3, height=2.4, sharey=True)
    for panel, (name, title) in zip(panels, NETWORKS.items(), strict=True):
        for what, label in (("accuracy", "training"), ("validation_accuracy", "validation")):
            values = 100 * arrays[f"run_{name}_{what}"]
            panel.plot(np.arange(1, len(values) + 1), values, marker="o", label=label)
        panel.set(title=title, xlabel="epoch", ylim=(0, 100))
        panel.set_xlim(0.5, len(values) + 0.5)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    panels[0].set_ylabel("accuracy / %")
    panels[0].legend(loc="lower right")
    figures.save(figure, snakemake.output.curves, standin=standin)

    # The table.
    write_table(
        snakemake.output.networks,
        ["Network", "Parameters", "Epochs", "Steps", "Training", "Validation", "Test", "Bar"],
        [
            [
                title[0].upper() + title[1:],
                *(integer(metrics[name][key]) for key in ("parameters", "epochs", "steps")),
                *(
                    percent(metrics[name][f"{part}_accuracy"]) + mark
                    for part in ("train", "validation", "test")
                ),
                percent(metrics[name]["bar"], 0),
            ]
            for name, title in NETWORKS.items()
        ],
    )
