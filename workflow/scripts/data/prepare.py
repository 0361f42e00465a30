"""One dataset: from a mirror, the official client or a stand-in to arrays with a known origin."""

from pathlib import Path
from typing import TYPE_CHECKING

from proofsheet import job
from proofsheet.data.prepare import prepare

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job.start(snakemake):
    prepare(
        snakemake.wildcards.dataset,
        source=snakemake.params.source,
        mirror=snakemake.params.mirror,
        seed=snakemake.params.seed,
        folder=Path(snakemake.output.source).parent,
    )
