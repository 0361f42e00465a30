"""Deep Learning HW 1, problem 5: activations before training, losses, recommendations."""

import numpy as np

from problems.dl_hw1.p5_initialization.summary import DISPLAYED, NAMES
from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import DAGGER, fixed, percent
from proofsheet.report.tables import write_table

with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)
    standin = read_json(snakemake.input.source)["standin"]
    mark = DAGGER if standin else ""

    # Before training: measured lines, and crosses where the theory expects them.
    for activation in DISPLAYED:
        figure, (left, right) = figures.new(1, 2, height=1.8)
        for k, (method, name) in enumerate(NAMES.items()):
            for panel, statistic in ((left, "mean"), (right, "std")):
                found = arrays[f"{activation}_{method}_{statistic}"]
                layers = np.arange(1, found.shape[1] + 1)
                middle = found.mean(axis=0)
                panel.errorbar(
                    layers, middle, (middle - found.min(axis=0), found.max(axis=0) - middle),
                    color=figures.COLOURS[k], ls=figures.LINE_STYLES[k],
                    marker=figures.MARKERS[k], capsize=2, elinewidth=0.7, label=name,
                )  # fmt: skip
                panel.plot(
                    layers, arrays[f"{activation}_{method}_predicted_{statistic}"], "x",
                    color="black", ms=5, mew=0.7, zorder=5,
                    label="predicted" if k == len(NAMES) - 1 else None,
                )  # fmt: skip
        left.set(xlabel="hidden layer", ylabel="mean activation", xticks=layers)
        right.set(xlabel="hidden layer", ylabel="standard deviation", xticks=layers)
        # Logarithmic down to what is as good as zero, so that zero has a place too.
        right.set_yscale("symlog", linthresh=1e-5, linscale=0.5)
        right.set_ylim(-2e-6, 3)
        right.set_yticks([0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1])
        right.minorticks_off()
        handles, labels = right.get_legend_handles_labels()
        order = [*(labels.index(name) for name in NAMES.values()), labels.index("predicted")]
        figure.legend([handles[i] for i in order], [labels[i] for i in order],
                      loc="outside lower center", ncols=5)  # fmt: skip
        figures.save(figure, snakemake.output[f"statistics_{activation}"], standin=standin)

    # Training: the loss in every seventh of an epoch, and its range over the seeds.
    for activation in DISPLAYED:
        figure, axes = figures.new(height=1.8)
        for k, (method, name) in enumerate(NAMES.items()):
            losses = arrays[f"{activation}_{method}_losses"]
            points = min(7 * metrics["epochs"], losses.shape[1])
            parts = np.array_split(np.arange(losses.shape[1]), points)
            curves = np.stack([losses[:, part].mean(axis=1) for part in parts], axis=1)
            epochs = metrics["epochs"] * np.array([part.mean() for part in parts])
            epochs /= losses.shape[1]
            axes.plot(epochs, curves.mean(axis=0), color=figures.COLOURS[k],
                      ls=figures.LINE_STYLES[k], label=name)  # fmt: skip
            axes.fill_between(epochs, curves.min(axis=0), curves.max(axis=0),
                              color=figures.COLOURS[k], alpha=0.2, lw=0)  # fmt: skip
        axes.set(xlabel="epoch", ylabel="training loss", yscale="log")
        axes.legend(ncols=2)
        figures.save(figure, snakemake.output[f"training_{activation}"], standin=standin)

    # Tables.
    for activation in DISPLAYED:
        write_table(
            snakemake.output[f"accuracy_{activation}"],
            ["Initialization", "Test accuracy", "Lowest seed", "Highest seed",
             "Last training loss", "Loss halved"],
            [
                [
                    name,
                    percent((r := metrics[activation][method])["test_accuracy"]) + mark,
                    percent(min(r["test_accuracies"])) + mark,
                    percent(max(r["test_accuracies"])) + mark,
                    fixed(r["final_train_loss"]) + mark,
                    (f"epoch {r['halved_epoch']}" if r["halved_epoch"] else "never") + mark,
                ]
                for method, name in NAMES.items()
            ],
            align="lrrrrl",
        )  # fmt: skip
    write_table(
        snakemake.output.summary,
        ["Activation", "Recommended", "Test accuracy", "Deviation kept", "Overlapping methods"],
        [
            [
                display,
                f"**{(r := metrics[activation]['recommendation'])['method']}**",
                percent(r["test_accuracy"]) + mark,
                fixed(r["kept"], 2) + mark,
                str(r["overlapping"]) + mark,
            ]
            for activation, display in DISPLAYED.items()
        ],
        align="llrrr",
    )
