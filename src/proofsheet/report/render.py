"""Render a staged project to PDF, and look for what is unresolved in the PDF's text."""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from proofsheet.jobs.atomic_files import replacing, write_text
from proofsheet.jobs.errors import UserError
from proofsheet.report import expand, fallback, quarto, typst_pdf
from proofsheet.report.pdf_text import page_texts

Renderer = Literal["auto", "quarto", "pandoc"]

FILTER = "quarto.lua"

log = logging.getLogger("proofsheet")

# What must not be in the text of the PDF, and what it means.
_TRACES = (
    (re.compile(r"\?var:([\w.-]*)"), "unresolved variable"),
    (re.compile(r"\?@([\w-]*)"), "unresolved cross-reference"),
    (re.compile(r"(\?meta:|\?invalid )\S*"), "unresolved metadata"),
    (re.compile(r"Unable to resolve \S*"), "unresolved cross-reference"),
    (re.compile(r"\{\{<[^>]*>\}\}"), "shortcode that was not filled in"),
    (re.compile(r"\?\?"), "unresolved reference"),
    (re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{32,}"), "hexadecimal text (a variable in a formula)"),
)
# What must not be in a renderer's warnings. (typst prints lines of the source below its own.)
_COMPLAINTS = re.compile(
    r"^\W*(?:WARN|ERROR).*(?:Unable to resolve|Unknown var|Could not (?:fetch|convert|find)|"
    r"Undefined|unknown font family|does not exist|not found|no such file|Unknown meta|"
    r"Duplicate (?:identifier|note reference|link reference)).*$",
    re.MULTILINE | re.IGNORECASE,
)


def render(
    staged: Path,
    document: str,
    output: Path,
    *,
    renderer: str = "auto",
    report: Path = Path("report"),
) -> str:
    """Render `<staged>/<document>.qmd` to `output`, which is written in one step.

    Args:
        staged: a project as `stage` leaves it; nothing is written into it.
        renderer: one of `Renderer`; `auto` takes Quarto if there is one, `pandoc` does without.
        report: folder of the chapters, named in messages.

    Returns:
        What rendered it, with its version.

    Raises:
        UserError: it does not compile, or something in it is unresolved.
    """
    found = choose(renderer)
    with tempfile.TemporaryDirectory(prefix="proofsheet-") as name:
        project = Path(name).resolve() / "project"
        shutil.copytree(staged, project)
        write_text(project / FILTER, lua_filter(FILTER))
        try:
            pdf, said = _rendered(project, document, found)
        except UserError as error:
            message = _in_report(str(error), project, report)
            if renderer == "quarto" or not found:
                raise UserError(message) from None
            log.warning("%s; the report is rendered without Quarto", message)
            return render(staged, document, output, renderer="pandoc", report=report)
        if said.strip():
            log.info("%s", said.strip())
        faults = traces(pdf, staged, report) or complaints(said, staged, report)
    if faults:
        raise UserError("\n".join(faults))
    with replacing(output) as temporary:
        temporary.write_bytes(pdf)
    return f"quarto {found.version}" if found else "pandoc and typst"


def lua_filter(name: str) -> str:
    """The text of a filter, after what both editions share."""
    parts = (Path(__file__).with_name(part) for part in ("labels.lua", name))
    return "".join(part.read_text(encoding="utf-8") for part in parts)


def choose(renderer: str) -> quarto.Quarto | None:
    """The Quarto to render with, or None for pandoc.

    Raises:
        UserError: no such renderer, or no Quarto where one is demanded.
    """
    if renderer not in get_args(Renderer):
        raise UserError(f"the renderer is {renderer!r}; allowed: {', '.join(get_args(Renderer))}")
    found = None if renderer == "pandoc" else quarto.find()
    if renderer == "quarto" and found is None:
        raise UserError("the renderer is 'quarto', but there is no quarto 1.9 or later on the PATH")
    return found


def _rendered(project: Path, document: str, found: quarto.Quarto | None) -> tuple[bytes, str]:
    """The PDF by Quarto, or without it if there is none; and the messages of what made it."""
    source = expand.lines(Path(f"{document}.qmd"), project)
    if found:
        said = quarto.write(found, project, document)
    else:
        said = fallback.write(project, document, source)
    typst_pdf.refuse_unconverted(said, source)
    pdf, warnings = typst_pdf.to_pdf(project / f"{document}.typ", source)
    return pdf, said + warnings


def complaints(said: str, staged: Path, report: Path) -> list[str]:
    """Warnings of a renderer that something is missing, each with `file:line` where it is named."""
    faults = []
    for line in dict.fromkeys(match[0].strip() for match in _COMPLAINTS.finditer(said)):
        names = re.findall(r"\w+(?:[-.]\w+)+", line)
        places = (place for name in names for place in _uses(name, staged, report))
        where = next(places, "")
        faults.append(f"{where}: {line}" if where else line)
    return faults


def traces(pdf: bytes, staged: Path, report: Path) -> list[str]:
    """What is unresolved in the text of a PDF, with its page and `file:line`."""
    pages = page_texts(pdf)
    # A checksum in a note about the data is meant, and so are question marks in the user's words.
    meant = "".join(
        path.read_text(encoding="utf-8").replace("\\", "")
        for path in sorted(
            [*staged.glob("*.qmd"), *staged.glob("generated/*.*"), *staged.glob("_variables.yml")]
        )
    )
    faults = []
    for number, text in enumerate(pages, start=1):
        for pattern, meaning in _TRACES:
            for match in pattern.finditer(text):
                if match[0] in meant:
                    continue
                word = (match[1] if pattern.groups else match[0]) or match[0]
                where = next(_uses(word, staged, report), f"page {number}")
                faults.append(f"{where}: {meaning}: {match[0][:60]} (page {number} of the PDF)")
    return list(dict.fromkeys(faults))


def _uses(word: str, staged: Path, report: Path) -> Iterator[str]:
    """`file:line` of each place in the chapters where a word stands."""
    if not word.strip("?"):
        return
    for path in sorted(staged.rglob("*.qmd")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if word in line:
                yield f"{report / path.relative_to(staged)}:{number}"


def _in_report(message: str, project: Path, report: Path) -> str:
    """A message with the paths of chapters as they are in the checkout."""
    message = message.replace(f"{project}/", "")
    return re.sub(r"(?<![\w/])([\w-]+/)?[\w-]+\.qmd:\d+", lambda m: f"{report / m[0]}", message)
