"""A sweep in numbers, as a table and as a figure."""

from typing import TYPE_CHECKING

from proofsheet import figures, job
from proofsheet.files import read_json, write_json
from proofsheet.report.numbers import DAGGER, fixed, integer, percent
from proofsheet.report.tables import write_table
from proofsheet.sweep_plot import draw
from proofsheet.sweeps import aggregated, shown

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job.start(snakemake):
    results = [read_json(path) for path in snakemake.input.runs]
    standin = read_json(snakemake.input.source)["standin"]
    settings = aggregated(results)
    write_json(
        snakemake.output.summary,
        {"run": results[0]["run"], "runs": len(results), "standin": standin, "settings": settings},
    )

    mark = DAGGER if standin else ""
    names = list(settings[0]["parameters"])
    rows = []
    for entry in settings:
        accuracy = entry["metrics"]["validation_accuracy"]
        loss = entry["metrics"]["validation_loss"]
        spread = accuracy["deviation"]
        rows.append(
            [
                *(shown(entry["parameters"][name]) for name in names),
                integer(entry["runs"]),
                percent(accuracy["mean"]) + mark,
                "–" if spread is None else percent(spread) + mark,
                fixed(loss["mean"]) + mark,
            ]
        )
    header = ["Runs", "Validation accuracy", "Deviation", "Validation loss"]
    write_table(snakemake.output.table, [*(n.replace("_", " ") for n in names), *header], rows)

    figures.save(draw(settings), snakemake.output.figure, standin=standin)
