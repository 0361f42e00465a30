"""A sweep in numbers, as a table and as a figure."""

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_json, write_json
from proofsheet.report.numbers import DAGGER
from proofsheet.report.tables import write_table
from proofsheet.sweeps.figure import draw
from proofsheet.sweeps.grid import aggregated
from proofsheet.sweeps.table import table

with script.run(snakemake):
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
