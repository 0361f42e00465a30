"""Result tables as Markdown pipe tables, which Quarto and pandoc read alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from proofsheet.jobs.atomic_files import write_text

_RULES = {"l": ":---", "r": "---:", "c": ":---:"}


def pipe_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], align: str | None = None
) -> str:
    """A pipe table.

    Args:
        header: one text per column.
        rows: formatted texts, as many as the header has.
        align: one of `l`, `r`, `c` per column; first left, others right by default.

    Raises:
        ValueError: a row, or `align`, that does not have one entry per column.
    """
    align = align or "l" + "r" * (len(header) - 1)
    lines = [_line(header), _line([_RULES[letter] for letter in align])]
    if len(align) != len(header):
        raise ValueError(f"align {align!r} has {len(align)} letters for {len(header)} columns")
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"row {row!r} has {len(row)} cells for {len(header)} columns")
        lines.append(_line(row))
    return "\n".join(lines) + "\n"


def write_table(
    path: str | Path, header: Sequence[str], rows: Iterable[Sequence[str]], align: str | None = None
) -> None:
    """Write a pipe table to be included by a chapter; its caption stands in the chapter."""
    write_text(path, pipe_table(header, rows, align))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
