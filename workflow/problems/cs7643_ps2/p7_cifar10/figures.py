"""CS 7643 PS 2, problem 7: learning curves, confusions, the long tail; tables and a listing."""

import ast
import re
from pathlib import Path

import numpy as np
from matplotlib.ticker import MaxNLocator

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_text
from proofsheet.report.numbers import DAGGER, fixed, integer, percent
from proofsheet.report.tables import write_table

NETWORKS = {"two_layer": "two layers", "vanilla_cnn": "vanilla CNN", "own": "own design"}
LOSSES = {
    "cross_entropy": "cross-entropy",
    "class_balanced": "class-balanced",
    "focal": "class-balanced focal",
}
CHOICES = {
    "augmentation": "augmentation",
    "normalization": "batch normalization",
    "muon": "Muon",
}

with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)
    standin = read_json(snakemake.input.source)["standin"]
    mark = DAGGER if standin else ""
    names = metrics["class_names"]
    keys = list(metrics["imbalanced"]["counts"])

    # Part 1: 50 images learned by heart, and all images once.
    figure, panels = figures.new(1, 3, height=2.2)
    steps = arrays["few_loss"].shape[1]
    epochs = np.arange(1, arrays["few_loss"].size + 1) / steps
    panels[0].plot(epochs, arrays["few_loss"].ravel(), lw=0.8)
    panels[0].set(xlabel="epoch", ylabel="loss of a batch", yscale="symlog")
    panels[0].set_ylim(bottom=0)
    panels[1].plot(
        np.arange(1, len(arrays["few_accuracy"]) + 1),
        100 * arrays["few_accuracy"].mean(axis=1),
        marker="o",
    )
    panels[1].set(xlabel="epoch", ylabel="training accuracy / %", ylim=(0, 103))
    panels[1].set_xticks([1, 4, 7, 10])
    some = max(len(arrays["whole_accuracy"]) // 40, 1)  # batches that are averaged
    usable = len(arrays["whole_accuracy"]) // some * some
    batches = some * np.arange(1, usable // some + 1)
    values = arrays["whole_accuracy"][:usable].reshape(-1, some).mean(axis=1)
    panels[2].plot(batches, 100 * values)
    panels[2].set(xlabel="batch of the epoch", ylabel="accuracy / %")
    for panel, title in zip(panels, ("50 images", "50 images", "all images, once"), strict=True):
        panel.set_title(title)
    figures.save(figure, snakemake.output.numpy, standin=standin)

    # Part 2: learning curves of the three networks.
    figure, panels = figures.new(1, 3, height=2.4, sharey=True)
    for panel, (name, title) in zip(panels, NETWORKS.items(), strict=True):
        for what, label in (("accuracy", "training"), ("validation_accuracy", "validation")):
            values = 100 * arrays[f"run_{name}_{what}"]
            panel.plot(np.arange(1, len(values) + 1), values, marker="o", label=label)
        panel.set(title=title, xlabel="epoch", ylim=(0, 100))
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[0].set_ylabel("accuracy / %")
    panels[0].legend(loc="upper left")
    figures.save(figure, snakemake.output.curves, standin=standin)

    figure, axes = figures.new(width=0.6, height=2.6)
    figures.heatmap(axes, arrays["confusion"], names)
    figures.save(figure, snakemake.output.confusion, standin=standin)

    # Extra credit: recall of each class under each loss, over its share of the training images.
    tail = metrics["imbalanced"]
    figure, (upper, lower) = figures.new(
        2, 1, height=2.7, sharex=True, gridspec_kw={"height_ratios": (1, 2.2)}
    )
    place = np.arange(len(keys))
    bars = upper.bar(place, list(tail["counts"].values()), color="0.6", width=0.8)
    upper.bar_label(bars, [integer(n) for n in tail["counts"].values()], fontsize=7, padding=1)
    upper.set(ylabel="images", yscale="log")
    upper.margins(y=0.25)
    upper.grid(axis="x", visible=False)
    for k, (name, title) in enumerate(LOSSES.items()):
        values = 100 * np.array(list(tail[name]["per_class"].values()))
        lower.bar(
            place + 0.27 * (k - 1), values, width=0.25, color=figures.COLOURS[k], label=title,
            hatch=("", "///", "...")[k], edgecolor="white", lw=0.4,
        )  # fmt: skip
    lower.set_xticks(place, names, rotation=30, ha="right", rotation_mode="anchor")
    lower.set(ylabel="test recall / %", ylim=(0, 118))
    lower.legend(loc="upper center", ncol=3)
    lower.grid(axis="x", visible=False)
    figures.save(figure, snakemake.output.long_tail, standin=standin)

    # Tables.
    numpy_run = metrics["numpy"]
    rows = [
        [
            "NumPy ConvNet, one epoch", integer(numpy_run["parameters"]), "1",
            fixed(numpy_run["seconds"], 0), "–", "–", percent(numpy_run["test_accuracy"]) + mark,
        ]
    ]  # fmt: skip
    rows += [
        [
            title[0].upper() + title[1:],
            integer(metrics[name]["parameters"]),
            integer(metrics[name]["epochs"]),
            fixed(metrics[name]["seconds"], 0),
            percent(metrics[name]["train_accuracy"]) + mark,
            percent(metrics[name]["val_accuracy"]) + mark,
            percent(metrics[name]["test_accuracy"]) + mark,
        ]
        for name, title in NETWORKS.items()
    ]
    write_table(
        snakemake.output.networks,
        ["Network", "Parameters", "Epochs", "Seconds", "Training", "Validation", "Test"],
        rows,
    )

    ablation = metrics["ablation"]

    def accuracies(run: dict[str, float]) -> list[str]:
        kinds = ("train", "one_view", "both_ways")
        return [percent(run[f"{kind}_accuracy"], 1) + mark for kind in kinds]

    rows = [["whole", *accuracies(ablation["full"]), "", ""]]
    for choice in ablation["order"]:
        found = ablation["choices"][choice]
        rows.append([
            f"without {CHOICES[choice]}",
            *accuracies(ablation["without"][choice]),
            fixed(-100 * found["gain"], 1) + mark,
            fixed(100 * found["standard_error"], 1) + mark,
        ])  # fmt: skip
    write_table(
        snakemake.output.ablation,
        ["Design", "Training", "Validation", "Both ways", "Difference", "± (standard error)"],
        rows,
    )

    write_table(
        snakemake.output.long_tail_table,
        ["Class", "Images", "Effective", "Weight", "Cross-entropy", "Class-balanced",
         "Class-balanced focal"],
        [
            [
                name,
                integer(tail["counts"][key]),
                integer(tail["effective"][key]),
                fixed(tail["weights"][key], 3),
                *(percent(tail[loss]["per_class"][key], 1) + mark for loss in LOSSES),
            ]
            for key, name in zip(keys, names, strict=True)
        ]
        + [
            [
                "**all**", f"**{integer(tail['images'])}**", "", "",
                *(f"**{percent(tail[loss]['test_accuracy'], 1)}**{mark}" for loss in LOSSES),
            ]
        ],
    )  # fmt: skip

    # The two layers of part 1 in their textbook form, and the networks.
    notebook = Path(snakemake.input.part_1).read_text()
    layers = [
        ast.get_source_segment(notebook, node)
        for node in ast.parse(notebook).body
        if isinstance(node, ast.ClassDef) and node.name in ("Convolution", "MaxPooling")
    ]
    code = "\n\n\n".join([*layers, Path(snakemake.input.listing).read_text().rstrip()])
    without_docstrings = re.sub(r'\n +"""[^"]*"""(\n(?=\n))?', "", code)
    write_text(snakemake.output.listing, f"```python\n{without_docstrings}\n```\n")
