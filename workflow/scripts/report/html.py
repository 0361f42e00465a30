"""Check the chapters of one document, assemble it and write it as one HTML file."""

import os
import tempfile
from pathlib import Path

from proofsheet.jobs import script
from proofsheet.report.html import render
from proofsheet.report.stage import Staging, stage

with script.run(snakemake) as log, tempfile.TemporaryDirectory(prefix="proofsheet-") as folder:
    project, page = Path(folder, "project"), Path(snakemake.output.page)
    report = stage(Staging.of_job(snakemake), project)
    by = render(
        report, project, snakemake.wildcards.document, page, settings=snakemake.params.settings,
        renderer=os.environ.get("PROOFSHEET_RENDERER", "auto"),
    )  # fmt: skip
    log.info("%s rendered by %s", page, by)
