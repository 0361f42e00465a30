"""Zip notebooks of one set with the code of some scripts, as its course asks."""

from pathlib import Path

from proofsheet.jobs import script
from proofsheet.report.bundle import pack

with script.run(snakemake) as log:
    notebooks = [(Path(path).name, path) for path in snakemake.input.notebooks]
    code = [(f"code/{path}", path) for path in snakemake.input.code]
    pack(snakemake.output.archive, notebooks + code)
    log.info("%d notebooks, %d files of code", len(notebooks), len(code))
