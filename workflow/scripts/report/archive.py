"""Zip notebooks and code of one set, or one package, as its course wants it."""

from pathlib import Path

from proofsheet.jobs import script
from proofsheet.report.bundle import pack

with script.run(snakemake) as log:
    notebooks = [(Path(path).name, path) for path in snakemake.input.notebooks]
    # Code beside notebooks keeps its place in the project; a package alone is the only folder.
    code = [
        (f"code/{path}" if notebooks else path.removeprefix("src/"), path)
        for path in snakemake.input.code
    ]
    pack(snakemake.output.archive, notebooks + code)
    log.info("%d notebooks, %d files of code", len(notebooks), len(code))
