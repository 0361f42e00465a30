"""Check the chapters of one document, assemble it and render it to PDF."""

import os
from pathlib import Path

from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_text
from proofsheet.report.pages import page_map, to_csv
from proofsheet.report.provenance import record
from proofsheet.report.render import render
from proofsheet.report.rubric import rows
from proofsheet.report.stage import Staging, stage

with script.run(snakemake) as log:
    project = Path(snakemake.output.project)
    report = stage(Staging.of_job(snakemake), project)
    # For tests and for comparing the two: auto, quarto or pandoc.
    renderer = os.environ.get("PROOFSHEET_RENDERER", "auto")
    pdf = Path(snakemake.output.pdf)
    by = render(project, snakemake.wildcards.document, pdf, renderer=renderer)
    parts = [row.as_dict() for row in rows(report)]
    write_text(snakemake.output.pages, to_csv(page_map(pdf.read_bytes(), parts)))
    kept = record(report.outcomes, benchmarks=Path("results/benchmarks"))
    write_text(snakemake.output.provenance, kept)
    log.info("%s rendered by %s", snakemake.output.pdf, by)
