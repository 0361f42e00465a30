"""CSCI 5527 HW 3, problem 4: radiographs, losses, regions that decided; tables."""

import numpy as np
from matplotlib.ticker import LogLocator

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import DAGGER, fixed, integer, percent, scientific
from proofsheet.report.tables import write_table

KINDS = {
    "found": "pneumonia\nfound",
    "cleared": "normal\ncleared",
    "missed": "pneumonia\nmissed",
    "alarm": "normal\nalarm",
}
CLASSES = ["normal", "pneumonia"]


def bare(axes, title=""):
    """No axes, and a small title."""
    axes.axis("off")
    axes.set_title(title, fontsize=7, pad=2)


with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)
    source = read_json(snakemake.input.source)
    standin = source["standin"]
    mark = DAGGER if standin else ""
    names = [name for name in metrics if f"{name}_loss" in arrays]
    titles = [metrics[name]["title"] for name in names]
    best = metrics["best"]

    train = read_arrays(snakemake.input.train)
    figure, grid = figures.new(2, 6, height=2.25)
    for k, row in enumerate(grid):
        chosen = np.flatnonzero(train["y"] == k)
        chosen = chosen[np.linspace(0, len(chosen) - 1, 6).astype(int)]
        for j, (panel, index) in enumerate(zip(row, chosen, strict=True)):
            panel.imshow(train["x"][index], cmap="gray", vmin=0, vmax=255)
            bare(panel)
            if j == 0:
                panel.text(
                    -0.08, 0.5, CLASSES[k], transform=panel.transAxes, rotation=90, fontsize=8,
                    ha="right", va="center",
                )  # fmt: skip
    figures.save(figure, snakemake.output.images, standin=standin)

    figure, panels = figures.new(1, 2, height=2.4, sharey=True)
    for panel, key, title in zip(
        panels, ("loss", "validation_loss"), ("training", "validation"), strict=True
    ):
        for i, name in enumerate(names):
            values = arrays[f"{name}_{key}"]
            panel.plot(
                np.arange(1, len(values) + 1), values, marker=figures.MARKERS[i % 7],
                color=figures.COLOURS[i % 7], ls=figures.LINE_STYLES[i % 7], label=titles[i],
            )  # fmt: skip
        panel.set(xlabel="epoch", title=title, xscale="log", yscale="log")
        panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.xaxis.set_major_formatter("{x:g}")
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.yaxis.set_major_formatter("{x:g}")
        panel.minorticks_off()
    panels[0].set_ylabel("weighted cross-entropy")
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=7.5
    )
    figures.save(figure, snakemake.output.losses, standin=standin)

    shown = metrics["examples"]
    figure, grid = figures.new(2, max(len(shown), 2), height=3.1)
    for panel in grid.flat:
        bare(panel)
    limit = float(np.quantile(np.abs(arrays["example_regions"]), 0.995)) or 1.0
    for j, entry in enumerate(shown):
        image, region = arrays["example_images"][j], arrays["example_regions"][j]
        grid[0, j].imshow(image, cmap="gray", vmin=0, vmax=1)
        bare(grid[0, j], KINDS[entry["kind"]])
        grid[1, j].imshow(image, cmap="gray", vmin=0, vmax=1)
        grid[1, j].imshow(region, cmap=figures.DIVERGING, vmin=-limit, vmax=limit, alpha=0.5)
        bare(grid[1, j], f"$p$ = {fixed(entry['probability'], 3)}")
    figures.save(figure, snakemake.output.regions, standin=standin)

    # Tables.
    counts, patients = metrics["counts"], metrics["patients"]
    write_table(
        snakemake.output.split,
        ["Part", "Normal", "Pneumonia", "All", "Pneumonia, share", "Patients"],
        [
            [
                title,
                *(integer(counts[part][key]) + mark for key in ("normal", "pneumonia", "all")),
                percent(counts[part]["pneumonia"] / counts[part]["all"], 1) + mark,
                integer(patients[part]) + mark,
            ]
            for part, title in (("train", "Training"), ("val", "Validation"), ("test", "Test"))
        ],
    )
    write_table(
        snakemake.output.strategies,
        ["Strategy", "Blocks", "Frozen", "Parameters", "Trained", "Rate", "Epochs", "Time / s"],
        [
            [
                f"**{entry['title']}**" if name == best else entry["title"],
                integer(entry["blocks"]),
                integer(entry["frozen"]),
                integer(entry["parameters"]),
                integer(entry["trained_parameters"]),
                scientific(entry["learning_rate"]),
                integer(entry["epochs"]),
                integer(entry["seconds"]),
            ]
            for name in names
            for entry in [metrics[name]]
        ],
    )  # fmt: skip

    def results_row(title, entry, emphasized):
        def strong(share):
            text = fixed(100 * share, 1)
            return f"**{text}**" if emphasized else text

        low, high = entry["intervals"]["accuracy"].values()
        return [
            f"**{title}**" if emphasized else title,
            strong(entry["validation_accuracy"]) + mark,
            f"{strong(entry['test_accuracy'])}{mark}"
            f" ({fixed(100 * low, 1)}–{fixed(100 * high, 1)})",
            *(
                fixed(100 * entry[key], 1) + mark
                for key in ("balanced_accuracy", "sensitivity", "specificity",
                            "average_precision", "auc")
            ),
        ]  # fmt: skip

    seeds = metrics["over_seeds"]
    rows = [results_row(metrics[name]["title"], metrics[name], name == best) for name in names]
    rows.append(results_row(f"the chosen one, mean of {seeds['count']}", seeds, True))
    write_table(
        snakemake.output.results,
        ["Strategy", "Validation", "Test", "Balanced", "Sensitivity", "Specificity", "AP", "AUC"],
        rows,
    )
