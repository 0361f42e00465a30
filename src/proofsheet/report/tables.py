"""Tables and plain text in Markdown, which Quarto and pandoc read alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from proofsheet.jobs.atomic_files import write_text
from proofsheet.report.numbers import fixed

_SPECIAL = re.compile(r"([\\`*_$\[\]<>#|~^@\"'{}])")
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


def escape(text: object) -> str:
    """A text in which Markdown reads no markup."""
    return _SPECIAL.sub(r"\\\1", str(text))


def plain_table(header: Sequence[str], rows: Iterable[Sequence[object]], align: str = "") -> str:
    """A pipe table of plain texts, which are escaped; left-aligned by default."""
    # `pipe_table` escapes a bar in any table.
    cells = [[escape(cell).replace("\\|", "|") for cell in row] for row in rows]
    return pipe_table(header, cells, align or "l" * len(header))


def write_table(
    path: str | Path, header: Sequence[str], rows: Iterable[Sequence[str]], align: str | None = None
) -> None:
    """Write a pipe table to be included by a chapter; its caption stands in the chapter."""
    write_text(path, pipe_table(header, rows, align))


def write_derivatives(path: str | Path, steps: Iterable[Mapping[str, Any]]) -> None:
    """Write the tangents or gradients in some steps of `autodiff.trace`, with their formulas."""

    def formula(text: str) -> str:
        # The derivative of a square has an exponent of 1, which is not written.
        return f"${text.replace('^{2 - 1}', '')}$" if text else ""

    rows = [
        [
            formula(step["derivative_name"]),
            formula(step["derivative_expression"]),
            formula(step["derivative_arithmetic"]) or "seed",
            fixed(step["derivative"]),
        ]
        for step in steps
    ]
    write_table(path, ["Derivative", "Formula", "With numbers", "Value"], rows, align="lllr")


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
