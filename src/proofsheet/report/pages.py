"""The page map: on which pages of a PDF each part is answered, read from the PDF itself.

Gradescope wants the pages of every part marked; this is the table to mark them from. The theme
prints the same table (it links to each part, so that the PDF has a named place for it).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

from pypdf import PdfReader

from proofsheet.jobs.errors import UserError

COLUMNS = ("set", "problem", "part", "points", "first_page", "last_page")
MARGIN = 1.1 * 72
"""Upper margin of the theme in points; a heading that is no lower opens its page."""

Place = tuple[int, float]
"""Page from 1, and distance from its upper edge in points: places in the order of reading."""


def page_map(pdf: bytes, rubric: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for each part of the rubric, with its first and its last page, counted from 1.

    Args:
        pdf: the whole document.
        rubric: rows as `rubric.Row.as_dict` gives them.

    Raises:
        UserError: the PDF has no place of that name.
    """
    reader = PdfReader(BytesIO(pdf))
    named = reader.named_destinations
    headings = sorted(_outline(reader, reader.outline, 1))
    result = []
    for row in rubric:
        if row["label"] not in named:
            raise UserError(f"the PDF has no place for {row['label']} ({row['problem']})")
        first = _place(reader, named[row["label"]])
        result.append(
            {
                "set": row["set"],
                "problem": row["problem"],
                "part": row["part"] or "all",
                "points": row["points"],
                "first_page": first[0],
                "last_page": _end(first, row["sections"], headings, len(reader.pages)),
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


def _place(reader: PdfReader, destination: Any) -> Place:
    number = reader.get_destination_page_number(destination)
    height = float(reader.pages[number].mediabox.height)
    return number + 1, round(height - float(destination.top), 1)


def _outline(reader: PdfReader, entries: Iterable[Any], depth: int) -> Iterable[tuple[Place, int]]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _outline(reader, entry, depth + 1)
        else:
            yield _place(reader, entry), depth
