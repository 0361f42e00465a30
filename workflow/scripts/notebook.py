"""Build notebooks, run them in a fresh kernel and keep their outputs."""

import os
import tempfile
from pathlib import Path

import nbformat

from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_text
from proofsheet.notebooks.builder import build, execute_together, with_seeds

with script.run(snakemake) as log, tempfile.TemporaryDirectory() as folder:
    texts = [Path(path).read_text(encoding="utf-8") for path in snakemake.input.texts]
    notebooks = [build(with_seeds(text, snakemake.params.seeds)) for text in texts]
    # As a grader runs it: an empty folder, and nothing of this project on the path.
    os.environ.pop("PYTHONPATH", None)
    os.environ |= {
        "PROOFSHEET_RESULTS": str(Path("results").resolve()),
        "PYTHONHASHSEED": "0",
        "CUDA_VISIBLE_DEVICES": "",  # the trainings are done
    }
    execute_together(notebooks, folder)
    for notebook, path in zip(notebooks, snakemake.output, strict=True):
        nbformat.validate(notebook)
        write_text(path, nbformat.writes(notebook) + "\n")
        log.info("%s: %d cells run", path, len(notebook.cells))
