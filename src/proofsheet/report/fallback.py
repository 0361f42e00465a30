"""Write the typst source of a report without Quarto, by pandoc.

Includes and variables are filled in here; the same Lua filter as under Quarto does the rest.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pypandoc
import yaml

from proofsheet.jobs.atomic_files import read_json
from proofsheet.jobs.errors import UserError
from proofsheet.report.expand import Line, substitute

TEMPLATE = "fallback.typ"


def write(project: Path, document: str, source: list[Line]) -> str:
    """Write `<document>.typ` into a staged project.

    Args:
        source: lines of the document, with its includes filled in.

    Returns:
        The messages of pandoc.

    Raises:
        UserError: pandoc failed.
    """
    settings = yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))
    variables = read_json(project / "_variables.yml")
    template = Path(__file__).with_name(TEMPLATE).read_text(encoding="utf-8")
    (project / TEMPLATE).write_text(template, encoding="utf-8")
    command = [
        pypandoc.get_pandoc_path(),
        "--from=markdown",
        "--to=typst",
        "--wrap=none",
        f"--template={TEMPLATE}",
        *(f"--lua-filter={entry['path']}" for entry in settings["filters"]),
        "--syntax-highlighting=idiomatic",
        f"--output={document}.typ",
        f"--variable=bibliography:{settings['bibliography']}",
        f"--variable=bibliographystyle:{settings['bibliographystyle']}",
    ]
    whole = substitute("\n".join(line.text for line in source) + "\n", variables)
    done = subprocess.run(
        command, input=whole, cwd=project, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise UserError(f"pandoc: {' '.join(done.stderr.split())}")
    return done.stderr
