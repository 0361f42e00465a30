"""One dataset: from a mirror, the official client or a stand-in to arrays with a known origin."""

from pathlib import Path

from proofsheet.data.prepare import prepare
from proofsheet.jobs import script

with script.run(snakemake):
    prepare(
        snakemake.wildcards.dataset,
        source=snakemake.params.source,
        mirror=snakemake.params.mirror,
        seed=snakemake.params.seed,
        folder=Path(snakemake.output.source).parent,
        renewals=snakemake.params.renewals,
    )
