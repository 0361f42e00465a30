"""The images `ascent` and `face`: from a mirror, scipy.datasets or a drawing, with their origin."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from proofsheet.data import scipy_images
from proofsheet.data.contract import origin
from proofsheet.data.sources.choose import obtain
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

with script.run(snakemake) as log, TemporaryDirectory() as workspace:
    used, found = obtain(
        scipy_images.MIRROR_NAME,
        scipy_images,
        snakemake.params.source,
        snakemake.params.mirror,
        snakemake.params.seed,
        Path(workspace),
    )
    write_arrays(snakemake.output.images, **found.arrays)
    write_json(
        snakemake.output.source,
        {
            **origin(scipy_images.NAME, scipy_images.INFO, used, snakemake.params.source, found),
            "renewals": snakemake.params.renewals,
            "values_sha256": {
                name: hashlib.sha256(pixels.tobytes()).hexdigest()
                for name, pixels in found.arrays.items()
            },
        },
    )
    log.info("data: %s from %s", scipy_images.NAME, used)
