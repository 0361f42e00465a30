"""Gather the figures and tables of one set for Snakemake's report."""

from pathlib import Path

from proofsheet.jobs import script
from proofsheet.report.gallery import fill

with script.run(snakemake) as log:
    results = Path("results", snakemake.wildcards.gallery)
    fill(Path(snakemake.output.folder), results, snakemake.params.problems)
    log.info("%s", snakemake.output.folder)
