"""Copy the files that the course wants into one folder."""

from pathlib import Path

from proofsheet.jobs import script
from proofsheet.report.bundle import fill

with script.run(snakemake) as log:
    fill(Path(snakemake.output[0]).parent, snakemake.params.files)
    log.info("%s", ", ".join(snakemake.output))
