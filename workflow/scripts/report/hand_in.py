"""Copy the files that the course wants into one folder."""

from pathlib import Path

from proofsheet.jobs import script
from proofsheet.report.bundle import fill

with script.run(snakemake) as log:
    folder = Path(snakemake.output[0]).parent
    if others := fill(folder, snakemake.params.files):
        log.warning("%s/ has files that this run did not make: %s", folder, ", ".join(others))
    log.info("%s", ", ".join(snakemake.output))
