"""Small pieces of Markdown that the report generates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from proofsheet.report.tables import pipe_table

_SPECIAL = re.compile(r"([\\`*_$\[\]<>#|~^@\"'{}])")


def escape(text: object) -> str:
    """A text in which Markdown reads nothing but letters."""
    return _SPECIAL.sub(r"\\\1", str(text))


def table(header: Sequence[str], rows: Iterable[Sequence[object]], align: str = "") -> str:
    """A pipe table of plain texts, which are escaped; left-aligned unless `align` says else.

    A bar is escaped by `pipe_table`, for every table.
    """
    cells = [[escape(cell).replace("\\|", "|") for cell in row] for row in rows]
    return pipe_table(header, cells, align or "l" * len(header))


def heading(title: str, level: int) -> str:
    """A heading without a number, out of the contents unless it is of the first level."""
    unlisted = "" if level == 1 else " .unlisted"
    return f"{'#' * level} {title} {{.unnumbered{unlisted}}}\n"
