"""CSCI 5527 HW 2, problem 4: figures and tables of the beans and the two classifiers."""

import numpy as np

from problems.csci5527_hw2.p4_dry_beans.features import FEATURES
from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import DAGGER, fixed, integer, percent
from proofsheet.report.tables import write_table

KINDS = {"classical": "(a) classical", "mlp": "(b) perceptrons"}


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

    # Part (a): the grid of the support vector machine, and the three families side by side.
    figure, axes = figures.new(
        1, 3, height=2.6, width_ratios=(1, 1, 1.1), gridspec_kw={"wspace": 0.08}
    )
    machines = [t for t in trials["classical"] if "gamma" in t["settings"]]
    scores = [t["validation_accuracy"] for t in machines]
    for panel, features in zip(axes, FEATURES, strict=False):
        table = {
            (t["settings"]["C"], t["settings"]["gamma"]): t["validation_accuracy"]
            for t in machines
            if t["settings"]["features"] == features
        }
        costs, widths = (sorted({key[i] for key in table}) for i in (0, 1))
        grid = [[table[c, g] for g in widths] for c in costs]
        panel.set(title=f"SVM, {features} features", xlabel="$γ$", ylabel="$C$")
        panel.grid(False)
        if not table:
            panel.set(xticks=[], yticks=[])
            panel.text(0.5, 0.5, "not in this grid", ha="center", transform=panel.transAxes)
            continue
        panel.imshow(
            grid, cmap=figures.SEQUENTIAL, vmin=min(scores), vmax=max(scores), aspect="auto"
        )
        panel.set_xticks(range(len(widths)), [f"1/{1 / g:g}" for g in widths])
        panel.set_yticks(range(len(costs)), [f"{c:g}" for c in costs])
        middle = (min(scores) + max(scores)) / 2
        for (i, j), score in np.ndenumerate(grid):
            panel.text(j, i, fixed(100 * score, 1), ha="center", va="center", fontsize=7,
                       color="white" if score < middle else "black")  # fmt: skip
    panel = axes[-1]
    families = list(dict.fromkeys(t["family"] for t in trials["classical"]))
    for k, features in enumerate(FEATURES):
        rows = [
            (families.index(t["family"]), 100 * t["validation_accuracy"])
            for t in trials["classical"]
            if t["settings"]["features"] == features
        ]
        places, values = np.array(rows).reshape(-1, 2).T
        panel.plot(places + 0.3 * k - 0.15, values, figures.MARKERS[k], color=figures.COLOURS[k],
                   alpha=0.7, mew=0, label=f"{features} features")  # fmt: skip
    panel.set_xticks(range(len(families)), [name.replace(" ", "\n", 1) for name in families])
    panel.set_xlim(-0.6, len(families) - 0.4)
    panel.set(title="every setting", ylabel="validation accuracy / %")
    panel.tick_params(axis="x", labelsize=7)
    figure.legend(loc="outside lower right", handles=panel.lines, ncols=2, handletextpad=0.1)
    figures.save(figure, snakemake.output.tuning_classical, standin=standin)

    # Learning curves of the chosen perceptrons, fitted to the training rows.
    figure, (left, right) = figures.new(1, 2, height=1.8)
    epochs = np.arange(1, len(arrays["loss"]) + 1)
    for panel, name, scale, label in (
        (left, "loss", 1, "cross-entropy"),
        (right, "accuracy", 100, "accuracy / %"),
    ):
        panel.plot(epochs, scale * arrays[name], label="training (mean of the networks)")
        panel.plot(
            epochs, scale * arrays[f"validation_{name}"], label="validation (mean probability)"
        )
        panel.set(xlabel="epoch", ylabel=label)
    # The first epochs would flatten everything that follows.
    late = np.concatenate(
        [arrays[name][len(epochs) // 10 :] for name in ("loss", "validation_loss")]
    )
    left.set_ylim(late.min() - 0.1 * np.ptp(late), late.max() + 0.1 * np.ptp(late))
    late = 100 * np.concatenate(
        [arrays[name][len(epochs) // 10 :] for name in ("accuracy", "validation_accuracy")]
    )
    right.set_ylim(late.min() - 0.1 * np.ptp(late), late.max() + 0.1 * np.ptp(late))
    left.legend()
    figures.save(figure, snakemake.output.curves, standin=standin)

    figure, axes = figures.new(1, 2, height=2.85)
    for panel, (kind, title) in zip(axes, KINDS.items(), strict=True):
        figures.heatmap(panel, arrays[f"{kind}_confusion"], names)
        panel.set_title(title)
    figures.save(figure, snakemake.output.confusion, standin=standin)

    # Tables.
    winner = max(trials["mlp"], key=lambda t: t["validation_accuracy"])
    write_table(
        snakemake.output.tuning_mlp,
        ["Tuned", "Features", "Hidden layers", "Rate", "Decay", "Dropout", "Accuracy", "Loss"],
        [
            [
                t["axis"].replace("_", " "),
                (s := t["settings"])["features"],
                "–".join(map(str, s["hidden"])),
                f"{s['learning_rate']:g}",
                f"{s['weight_decay']:g}",
                f"{s['dropout']:g}",
                ("**{}**" if t is winner else "{}").format(
                    percent(t["validation_accuracy"]) + mark
                ),
                fixed(t["validation_loss"]) + mark,
            ]
            for t in trials["mlp"]
        ],
        align="lllrrrrr",
    )
    measures = {
        "validation": ("validation_accuracies", percent),
        "test": ("test_accuracies", percent),
        "macro F1": ("macro_f1s", fixed),
    }
    write_table(
        snakemake.output.splits,
        [
            "Split",
            "Chosen in (a)",
            *(f"({part}) {measure}" for part in "ab" for measure in measures),
        ],
        [
            [
                integer(seed),
                metrics["classical"]["models"][i],
                *(
                    shown(metrics[kind][values][i]) + mark
                    for kind in KINDS
                    for values, shown in measures.values()
                ),
            ]
            for i, seed in enumerate(metrics["seeds"])
        ],
        align="rlrrrrrr",
    )
