"""Some data: from a mirror, the official client or a stand-in to arrays with a known origin."""

from pathlib import Path

from proofsheet.data.prepare import prepare
from proofsheet.jobs import script

with script.run(snakemake):
    params = snakemake.params
    prepare(
        params.dataset,
        source=params.source,
        mirror=params.mirror,
        seed=params.seed,
        folder=Path(snakemake.output.source).parent,
        renewals=params.renewals,
        weights=getattr(params, "weights", ""),
    )
