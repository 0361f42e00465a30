"""Gather the figures and tables of one set for Snakemake's report."""

from pathlib import Path
from typing import TYPE_CHECKING

from proofsheet import job
from proofsheet.report.gallery import fill

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job.start(snakemake) as log:
    results = Path("results", snakemake.wildcards.gallery)
    fill(Path(snakemake.output.folder), results, snakemake.params.problems)
    log.info("%s", snakemake.output.folder)
