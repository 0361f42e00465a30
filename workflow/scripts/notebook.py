"""Build the notebook of one problem, run it in a fresh kernel and keep its outputs."""

import os
import tempfile
from pathlib import Path

import nbformat

from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_text
from proofsheet.notebooks.builder import build, execute

with script.run(snakemake) as log, tempfile.TemporaryDirectory() as folder:
    notebook = build(Path(snakemake.input.text).read_text(encoding="utf-8"))
    # As a grader runs it: an empty folder, and nothing of this project on the path.
    os.environ.pop("PYTHONPATH", None)
    os.environ |= {
        "PROOFSHEET_RESULTS": str(Path("results").resolve()),
        "PYTHONHASHSEED": "0",
        "CUDA_VISIBLE_DEVICES": "",  # the trainings are done
    }
    execute(notebook, folder)
    nbformat.validate(notebook)
    write_text(snakemake.output.notebook, nbformat.writes(notebook) + "\n")
    log.info("%d cells run", len(notebook.cells))
