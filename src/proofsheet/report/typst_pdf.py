"""Compile the typst source of a report to PDF/UA-1; report errors where the chapter has them."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import typst

from proofsheet.jobs.errors import UserError
from proofsheet.report.expand import Line

log = logging.getLogger("proofsheet")

_LABEL = re.compile(r"<((?:sec|fig|tbl|eq)-[\w-]+)>")
_PLACE = re.compile(r":(\d+):\d+$", re.MULTILINE)
_TEX = re.compile(r"Could not convert TeX math (.+?),? rendering as TeX", re.DOTALL)
# What a message names itself: a label, a key of the bibliography, or a file.
_NAMED = re.compile(
    r"(?:label `<|key `)(?P<key>[\w-]+)>?` does not exist"
    r"|file not found \(searched at (?P<file>.+)\)"
)


def refuse_unconverted(messages: str, source: list[Line]) -> None:
    """Raise a UserError if pandoc said that it cannot write a formula for typst."""
    found = _TEX.search(messages)
    if found:
        tex = " ".join(found[1].split())
        where = _line_with(found[1].strip().splitlines()[0].strip(), source)
        shown = tex if len(tex) <= 60 else f"{tex[:59]}…"
        raise UserError(f"{where}: typst cannot write the formula {shown}")


def to_pdf(typ: Path, source: list[Line]) -> tuple[bytes, str]:
    """The PDF of a typst file, and typst's warnings, one a line.

    Args:
        typ: the file; paths in it are relative to its folder.
        source: the chapters' lines that it was made from, to name the line of an error.

    Raises:
        UserError: it does not compile; the message names `file:line` of a chapter.
    """
    try:
        pdf, warnings = _accessible(typ)
    except typst.TypstError as error:
        named = _NAMED.match(error.message)
        if named and named["key"]:
            where = _line_with(f"@{named['key']}", source)
        elif named:
            where = _line_with(named["file"].removeprefix(f"{typ.parent}/"), source)
        else:
            where = _nearest(error.diagnostic, typ, source)
        raise UserError(f"{where}: typst: {error.message}") from None
    # poppler takes an explicit `false` for an error; without the entry it is the default.
    pdf = pdf.replace(b"/Suspects false", b"               ", 1)
    # typst repeats a warning at each of its places.
    return pdf, "".join(dict.fromkeys(f"warning: {warning.message}\n" for warning in warnings))


def _accessible(typ: Path) -> tuple[bytes, list[typst.TypstWarning]]:
    """Compile to PDF/UA-1.

    If typst refuses because a screen reader could not read something, compile without the standard
    and log a warning: an inaccessible report is better than none.
    """
    options = {"root": str(typ.parent), "format": "pdf"}
    # Only a name may need a letter that typst's own fonts lack.
    for ignored in (True, False):
        options["ignore_system_fonts"] = ignored
        try:
            return typst.compile_with_warnings(str(typ), **options, pdf_standards="ua-1")
        except typst.TypstError as error:
            if "PDF/UA-1" not in error.message:
                raise
            said = error.message
            if ignored:
                log.info("typst's own fonts are not enough, so it starts anew: %s", said)
    log.warning("the PDF does not meet PDF/UA-1: %s", said)
    return typst.compile_with_warnings(str(typ), **options)


def _line_with(text: str, source: list[Line]) -> str:
    """`file:line` of the first line with a text."""
    return next((line.where for line in source if text in line.text), "the report")


def _nearest(diagnostic: str, typ: Path, source: list[Line]) -> str:
    """`file:line` of the last label before the place of an error in the typst file."""
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
