"""The page map: on which pages of a PDF each part is answered, read from the PDF itself.

Gradescope wants the pages of every part marked; this is the table to mark them from. The theme
prints the same table (it links to each part, so that the PDF has a named place for it).
"""

from __future__ import annotations

import csv
import ctypes
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

import pypdfium2
from pypdfium2 import raw

from proofsheet.jobs.errors import UserError

COLUMNS = ("set", "problem", "part", "points", "first_page", "last_page")
MARGIN = 1.1 * 72
"""Upper margin of the theme in points; a heading that is no lower opens its page."""

Place = tuple[int, float]
"""Page from 1, and distance from its upper edge in points: places in the order of reading."""


def page_map(pdf: bytes, rubric: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for each part of the rubric, with its first and its last page, counted from 1.

    Args:
        rubric: rows as `rubric.Row.as_dict` gives them.

    Raises:
        UserError: the PDF has no place of that name.
    """
    document = pypdfium2.PdfDocument(pdf)
    named = named_places(document)
    headings = outline(document)
    result = []
    for row in rubric:
        if row["label"] not in named:
            raise UserError(f"the PDF has no place for {row['label']} ({row['problem']})")
        first = named[row["label"]]
        result.append(
            {
                "set": row["set"],
                "problem": row["problem"],
                "part": row["part"] or "all",
                "points": row["points"],
                "first_page": first[0],
                "last_page": _end(first, row["sections"], headings, len(document)),
            }
        )
    return result


def to_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """The map as a CSV file with a header."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _end(first: Place, sections: int, headings: Sequence[tuple[Place, int]], pages: int) -> int:
    """The page on which, or before which, the next heading stands that is not the part's own."""
    level = next((depth for place, depth in headings if place == first), 1)
    later = [place for place, depth in headings if place > first and depth <= level]
    if len(later) < sections:
        return pages
    page, top = later[sections - 1]
    return max(first[0], page - 1 if top <= MARGIN + 1 else page)


def named_places(document: pypdfium2.PdfDocument) -> dict[str, Place]:
    """Where each label is that something in the document refers to."""
    places = {}
    for index in range(raw.FPDF_CountNamedDests(document.raw)):
        size = ctypes.c_long()
        raw.FPDF_GetNamedDest(document.raw, index, None, size)  # writes the size of the name
        name = ctypes.create_string_buffer(size.value)
        dest = raw.FPDF_GetNamedDest(document.raw, index, name, size)
        places[name.raw.decode("utf-16-le").rstrip("\0")] = place(document, dest)
    return places


def outline(document: pypdfium2.PdfDocument) -> list[tuple[Place, int]]:
    """Place and level, from 1, of every heading, in the order of reading."""
    return sorted(
        (place(document, entry.get_dest().raw), entry.level + 1) for entry in document.get_toc()
    )


def place(document: pypdfium2.PdfDocument, dest: Any) -> Place:
    """The place of one of PDFium's destinations."""
    page = raw.FPDFDest_GetDestPageIndex(document.raw, dest)
    y, unused = ctypes.c_float(), ctypes.c_float()
    has = [ctypes.c_int() for _ in range(3)]
    raw.FPDFDest_GetLocationInPage(dest, *has, unused, y, unused)
    height = document.get_page_size(page)[1]
    return page + 1, round(height - y.value, 1)
