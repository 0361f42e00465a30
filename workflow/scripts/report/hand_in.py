"""Put together what the course of one set wants to be handed in."""

from pathlib import Path
from typing import TYPE_CHECKING

from proofsheet import job
from proofsheet.hand_in import fill

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job.start(snakemake) as log:
    fill(Path(snakemake.output[0]).parent, snakemake.params.files)
    log.info("%s", ", ".join(snakemake.output))
