"""Deep Learning HW 1, problem 4: cells, curves, confusions and quadrants."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import DAGGER, fixed, integer, percent
from proofsheet.report.tables import write_table

# The longer names do not fit above an image of a sixteenth of the page.
SHORT = {"Immature Granulocyte (IG)": "Immature gran."}
CORNERS = ("confident_correct", "confident_incorrect", "uncertain_correct", "uncertain_incorrect")


def show(axes, image, title=""):
    """One cell, without axes; an empty place where there is none."""
    axes.axis("off")
    if image is not None:
        axes.imshow(image)
    axes.set_title(title, fontsize=7, pad=2)


with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)
    standin = read_json(snakemake.input.source)["standin"]
    mark = DAGGER if standin else ""
    names, keys = metrics["class_names"], list(metrics["mlp"]["per_class"])
    short = [SHORT.get(name, name) for name in names]
    brief = dict(zip(names, short, strict=True))

    # Two random training images of each type.
    images = arrays["grid_images"]
    figure, axes = figures.new(*images.shape[:2], height=1.9)
    for (i, k), panel in np.ndenumerate(axes):
        show(panel, images[i, k], short[k] if i == 0 else "")
    figures.save(figure, snakemake.output.examples, standin=standin)

    counts = list(metrics["counts"]["train_per_class"].values())
    figure, axes = figures.new(width=0.8, height=2.2)
    bars = axes.barh(range(len(names)), counts, color=figures.COLOURS[0])
    axes.bar_label(bars, [integer(count) for count in counts], padding=2, fontsize=8)
    axes.axvline(np.mean(counts), color="0.3", ls="--", lw=1)
    axes.annotate("equal shares", (np.mean(counts), -0.75), xytext=(3, 0), fontsize=8,
                  textcoords="offset points", annotation_clip=False, va="center")  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, 1.1 * max(counts))
    axes.set(xlabel="training images")
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(lambda count, _: integer(count))
    figures.save(figure, snakemake.output.classes, standin=standin)

    figure, panels = figures.new(1, 2, height=2.4)
    epochs = np.arange(1, len(arrays["loss"]) + 1)
    for panel, name, scale, label in (
        (panels[0], "loss", 1, "cross-entropy"),
        (panels[1], "accuracy", 100, "accuracy / %"),
    ):
        panel.plot(epochs, scale * arrays[name], label="training")
        panel.plot(epochs, scale * arrays[f"validation_{name}"], label="validation")
        panel.set(xlabel="epoch", ylabel=label)
        panel.legend()
    figures.save(figure, snakemake.output.curves, standin=standin)

    figure, axes = figures.new(width=0.7, height=3.5)
    figures.heatmap(axes, metrics["confusion_matrix"], names)
    figures.save(figure, snakemake.output.confusion, standin=standin)

    # The class of lowest recall: its errors, and for comparison what is recognized.
    hardest = metrics["lowest_recall"]
    strips = (
        ("hardest", f"{brief[hardest['name']]},\nmissed", hardest["examples"]),
        ("hardest_right", f"{brief[hardest['name']]},\nrecognized", []),
        ("hardest_called", f"{brief[hardest['called']]},\nrecognized", []),
    )
    figure, grid = figures.new(3, 6, height=3.3)
    for row, (key, title, examples) in zip(grid, strips, strict=True):
        row[0].axis("off")
        row[0].text(1, 0.5, title, ha="right", va="center", fontsize=8, transform=row[0].transAxes)
        for j, panel in enumerate(row[1:]):
            called = f"called {brief[examples[j]['predicted']]}" if j < len(examples) else ""
            images = arrays[f"{key}_images"]
            show(panel, images[j] if j < len(images) else None, called)
    figures.save(figure, snakemake.output.errors, standin=standin)

    figure, grid = figures.new(2, 4, height=3.6)
    for q, corner in enumerate(CORNERS):
        title = corner.replace("_", ", ")
        entry, images = metrics["quadrants"][corner], arrays[f"{corner}_images"]
        for j in range(2):
            panel = grid[q // 2, 2 * (q % 2) + j]
            if j >= len(images):
                show(panel, None)
                label = f"{title}:\n{'no other' if j else 'none'}"
                panel.text(0.5, 0.5, label, ha="center", va="center", fontsize=7,
                           transform=panel.transAxes)  # fmt: skip
                continue
            example = entry["examples"][j]
            show(
                panel, images[j],
                f"{title}\ntrue: {brief[example['true']]}\npredicted: {brief[example['predicted']]}"
                f"\nconfidence {fixed(example['confidence'], 3)}",
            )  # fmt: skip
    figures.save(figure, snakemake.output.quadrants, standin=standin)

    # Tables.
    parts = ("train", "val", "test")
    per_part = [metrics["counts"][f"{part}_per_class"] for part in parts]
    total = metrics["counts"]["train"]
    write_table(
        snakemake.output.splits,
        ["Type", "Training", "Validation", "Test", "Share of training"],
        [
            [
                name,
                *(integer(part[key]) + mark for part in per_part),
                percent(per_part[0][key] / total, 1) + mark,
            ]
            for key, name in zip(keys, names, strict=True)
        ]
        + [
            [
                "**all**",
                *(f"**{integer(metrics['counts'][part])}**{mark}" for part in parts),
                "",
            ]
        ],
    )
    report = metrics["mlp"]["per_class"]
    reference = metrics["cnn"]["per_class"]
    write_table(
        snakemake.output.report,
        ["Type", "Precision", "Recall", "F1", "Test images", "Recall (convolutional)"],
        [
            [
                f"**{name}**" if name == hardest["name"] else name,
                *(percent(report[key][what], 1) + mark for what in ("precision", "recall")),
                fixed(report[key]["f1"], 3) + mark,
                integer(report[key]["support"]) + mark,
                percent(reference[key]["recall"], 1) + mark,
            ]
            for key, name in zip(keys, names, strict=True)
        ],
    )
    rows = []
    for level, label in {"confident": "high (above 0.9)", "uncertain": "low (below 0.6)"}.items():
        pair = [metrics["quadrants"][f"{level}_{outcome}"] for outcome in ("correct", "incorrect")]
        right = pair[0]["count"] / max(sum(entry["count"] for entry in pair), 1)
        rows.append(
            [
                label,
                *(f"{integer(e['count'])}{mark} ({percent(e['share'], 1)}{mark})" for e in pair),
                percent(right, 1) + mark,
            ]
        )
    write_table(
        snakemake.output.corners, ["Confidence", "Correct", "Incorrect", "Share correct"], rows
    )
