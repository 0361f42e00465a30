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
    if snakemake.params.source == "standin":
        os.environ["PYTHONPATH"] = str(Path("workflow/offline").resolve())
    os.environ |= {"PROOFSHEET_PRESET": snakemake.params.preset, "PYTHONHASHSEED": "0"}
    if snakemake.params.mirror:
        os.environ["PROOFSHEET_MIRROR"] = str(Path(snakemake.params.mirror).resolve())
    else:
        os.environ.pop("PROOFSHEET_MIRROR", None)
    if not snakemake.resources.gpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # a training may be at work on it
    execute(notebook, folder)
    nbformat.validate(notebook)
    write_text(snakemake.output.notebook, nbformat.writes(notebook) + "\n")
    log.info("%d cells run", len(notebook.cells))
