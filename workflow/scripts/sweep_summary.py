"""A sweep in numbers, as a table and as a figure."""

from typing import TYPE_CHECKING

from proofsheet import figures, job
from proofsheet.files import read_json, write_json
from proofsheet.report.numbers import DAGGER
from proofsheet.report.tables import write_table
from proofsheet.sweep_plot import draw
from proofsheet.sweep_table import table
from proofsheet.sweeps import aggregated

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job.start(snakemake):
    results = [read_json(path) for path in snakemake.input.runs]
    standin = read_json(snakemake.input.source)["standin"]
    settings = aggregated(results)
    write_json(
        snakemake.output.summary,
        {
            "run": results[0]["run"],
            "runs": len(results),
            "seconds": sum(result["seconds"] for result in results),
            "standin": standin,
            "settings": settings,
        },
    )
    write_table(snakemake.output.table, *table(settings, mark=DAGGER if standin else ""))
    figures.save(draw(settings), snakemake.output.figure, standin=standin)
