"""EECS 182 HW 5, question 4: test error in other units and with means; the trainings in a table."""

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import fixed, integer, percent
from proofsheet.report.tables import write_table

METHODS = {
    "dropout": "dropout",
    "batch_norm": "batch norm + weight decay",
    "weight_decay": "weight decay",
}
SETTINGS = {
    "standardized": "standardized",
    "units": "in units over one decade",
    "means": "with means of 2",
}

with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)

    figure, panels = figures.new(1, 2, height=2.2, sharey=True)
    for panel, kind, at, trained_at in (
        (panels[0], "units", arrays["decades"], metrics["trained_decades"]),
        (panels[1], "means", arrays["means"], metrics["trained_mean"]),
    ):
        for i, (method, label) in enumerate(METHODS.items()):
            colour, style = figures.COLOURS[i], figures.LINE_STYLES[i]
            panel.plot(at, arrays[f"{kind}_{method}"], color=colour, ls=style, label=label)
            errors = [metrics["trained"][name][method]["test_error"]
                      for name in ("standardized", kind)]  # fmt: skip
            panel.plot([0, trained_at], errors, figures.MARKERS[i], color=colour, mfc="none",
                       ms=7 - 1.5 * i, ls="none")  # fmt: skip
    panels[0].set(xlabel="decades between the largest and smallest unit", ylabel="test error")
    panels[1].set(xlabel=r"mean of every feature, in deviations ($\mu_j/\sigma_j$)")
    panels[0].legend(loc="upper left")
    figures.save(figure, snakemake.output.scales)

    write_table(
        snakemake.output.trained,
        ["features", "training", "condition number", "test error, exact", "trained", "distance"],
        [
            (
                SETTINGS[name], METHODS[method], integer(entry["condition"]),
                fixed(entry["test_error_exact"], 3), fixed(entry["test_error"], 3),
                percent(entry["distance"]),
            )
            for name, methods in metrics["trained"].items()
            for method, entry in methods.items()
        ],
        "llrrrr",
    )  # fmt: skip
