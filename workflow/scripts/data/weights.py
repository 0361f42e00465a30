"""The pretrained weights: from a mirror, torchvision or none, with their origin."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from proofsheet.data.contract import Info, origin
from proofsheet.data.sources.choose import obtain
from proofsheet.data.weights import (
    CITATION,
    NAME,
    TITLE,
    PretrainedWeights,
)
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

with script.run(snakemake) as log, TemporaryDirectory() as workspace:
    used, found = obtain(
        NAME,
        PretrainedWeights(snakemake.params.weights),
        snakemake.params.source,
        snakemake.params.mirror,
        0,
        Path(workspace),
    )
    info = Info(TITLE, snakemake.params.weights, found.licence, CITATION)
    write_arrays(snakemake.output.weights, **found.arrays)
    write_json(
        snakemake.output.source,
        {
            **origin(NAME, info, used, snakemake.params.source, found),
            "source": "pretrained here" if used == "standin" else used,
            # Weights of another training are no stand-in for data: the report says which they are.
            "standin": False,
            "renewals": snakemake.params.renewals,
            "values_sha256": {
                name: hashlib.sha256(values.tobytes()).hexdigest()
                for name, values in found.arrays.items()
            },
        },
    )
    log.info("data: %s from %s", NAME, used)
