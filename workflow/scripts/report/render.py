"""Check the chapters of one document, put it together, render it to PDF."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from proofsheet import job
from proofsheet.report.render import render
from proofsheet.report.stage import Staging, stage

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job.start(snakemake) as log:
    document = snakemake.wildcards.document
    project = Path(snakemake.output.project)
    staging = Staging(
        document=document,
        sets=snakemake.params.sets,
        author=snakemake.params.author,
        acknowledgements=snakemake.params.acknowledgements,
        settings=snakemake.params.settings,
    )
    stage(staging, project)
    # For tests and for comparing the two: auto, quarto or pandoc.
    renderer = os.environ.get("PROOFSHEET_RENDERER", "auto")
    by = render(project, document, Path(snakemake.output.pdf), renderer=renderer)
    log.info("%s rendered by %s", snakemake.output.pdf, by)
