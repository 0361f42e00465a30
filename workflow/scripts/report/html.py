"""Check the chapters of one document, assemble it and write it as one HTML file."""

import os
import tempfile
from pathlib import Path

from proofsheet.jobs import script
from proofsheet.report.html import render
from proofsheet.report.stage import Staging, stage

with script.run(snakemake) as log, tempfile.TemporaryDirectory(prefix="proofsheet-") as folder:
    document, params = snakemake.wildcards.document, snakemake.params
    staging = Staging(
        document=document,
        sets=params.sets,
        problems=params.part.get("problems", ()),
        part=params.part.get("title", ""),
        author=params.author,
        acknowledgements=params.acknowledgements,
        settings=params.settings,
    )
    report = stage(staging, Path(folder, "project"))
    page = Path(snakemake.output.page)
    renderer = os.environ.get("PROOFSHEET_RENDERER", "auto")
    by = render(
        report, Path(folder, "project"), document, page, settings=params.settings, renderer=renderer
    )
    log.info("%s rendered by %s", page, by)
