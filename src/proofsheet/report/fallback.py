"""Rendering without Quarto: pandoc and typst, both from the registry's packages.

The sources are the same and so is the theme. Includes and variables are filled in here, a Lua
filter does the rest of what Quarto adds to pandoc's Markdown (see `quarto.lua`).
"""

from __future__ import annotations

import logging
import re
import subprocess
from pathlib import Path

import pypandoc
import typst
import yaml

from proofsheet.jobs.errors import UserError
from proofsheet.report import expand

log = logging.getLogger("proofsheet")

_HERE = Path(__file__).parent
_LABEL = re.compile(r"<((?:sec|fig|tbl|eq)-[\w-]+)>")
_MISSING = re.compile(r"label `<([\w-]+)>` does not exist")
_PLACE = re.compile(r":(\d+):\d+$", re.MULTILINE)
_TEX = re.compile(r"Could not convert TeX math (.+?),? rendering as TeX", re.DOTALL)


def render(project: Path, document: str) -> tuple[bytes, str]:
    """Render `<document>.qmd` of a staged project.

    Args:
        project: the staged project; intermediate files are written into it.
        document: name without suffix.

    Returns:
        The PDF, and the messages of pandoc and typst.

    Raises:
        UserError: something does not compile; the message names its `file:line`.
    """
    settings = yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))
    variables = yaml.safe_load((project / "_variables.yml").read_text(encoding="utf-8")) or {}
    source = expand.lines(Path(f"{document}.qmd"), project)
    whole = expand.substitute("\n".join(line.text for line in source) + "\n", variables)
    for name in ("fallback.typ", "quarto.lua"):
        (project / name).write_text((_HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
    typ = project / f"{document}.typ"
    command = [
        pypandoc.get_pandoc_path(),
        "--from=markdown",
        "--to=typst",
        "--wrap=none",
        "--template=fallback.typ",
        "--lua-filter=quarto.lua",
        "--syntax-highlighting=idiomatic",
        f"--output={typ.name}",
        f"--variable=bibliography:{settings['bibliography']}",
        f"--variable=bibliographystyle:{settings['bibliographystyle']}",
    ]
    done = subprocess.run(
        command, input=whole, cwd=project, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise UserError(f"pandoc: {' '.join(done.stderr.split())}")
    unconverted = _TEX.search(done.stderr)
    if unconverted:
        where = _line_with(unconverted[1].strip().splitlines()[0].strip(), source)
        raise UserError(f"{where}: typst cannot write the formula {_short(unconverted[1])}")
    try:
        pdf, warnings = _compile(typ, project)
    except typst.TypstError as error:
        missing = _MISSING.match(error.message)
        if missing:
            where = _line_with(f"@{missing[1]}", source)
        else:
            where = _nearest(error.diagnostic, typ, source)
        raise UserError(f"{where}: typst: {error.message}") from None
    # typst repeats a warning at each of its places.
    told = "".join(f"{text}\n" for text in dict.fromkeys(f"warning: {w.message}" for w in warnings))
    return pdf, done.stderr + told


def _compile(typ: Path, project: Path) -> tuple[bytes, list[typst.TypstWarning]]:
    """Compile an accessible PDF (PDF/UA-1).

    Where typst refuses, because a screen reader could not read something, the PDF is compiled
    without the standard, with a warning: an inaccessible report is better than none.
    """
    options = {"root": str(project), "ignore_system_fonts": True, "format": "pdf"}
    # A name may have letters that only a font of the system has.
    for ignored in (True, False):
        options["ignore_system_fonts"] = ignored
        try:
            return typst.compile_with_warnings(str(typ), **options, pdf_standards="ua-1")
        except typst.TypstError as error:
            if "PDF/UA-1" not in error.message:
                raise
            said = error.message
    log.warning("the PDF does not meet PDF/UA-1: %s", said)
    return typst.compile_with_warnings(str(typ), **options)


def _line_with(text: str, source: list[expand.Line]) -> str:
    """`file:line` of the first line with a text."""
    return next((line.where for line in source if text in line.text), "the report")


def _nearest(diagnostic: str, typ: Path, source: list[expand.Line]) -> str:
    """`file:line` of an error in the typst source: that of the last label before it."""
    # The diagnostic may begin with warnings; the place of the error follows its own headline.
    match = _PLACE.search(diagnostic, max(diagnostic.find("error:"), 0))
    if not match:
        return "the report"
    before = typ.read_text(encoding="utf-8").splitlines()[: int(match[1])]
    for label in reversed(_LABEL.findall("\n".join(before))):
        for line in source:
            if f"#{label}" in line.text:
                return f"{line.where} or below"
    return f"{typ.name}:{match[1]}"


def _short(text: str, limit: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
