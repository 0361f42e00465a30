"""A document with its includes and variables filled in, for the renderer without Quarto.

Every line remembers its file and line number, so that an error can be reported where it was
written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofsheet.jobs.errors import UserError
from proofsheet.report.chapter import VARIABLE
from proofsheet.report.variables import lookup

INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(\S+)\s*>\}\}\s*$")


@dataclass(frozen=True)
class Line:
    """One line of the document, with the file and the line (from 1) where it was written."""

    text: str
    path: Path
    number: int

    @property
    def where(self) -> str:
        """`file:line`."""
        return f"{self.path}:{self.number}"


def lines(path: Path, root: Path, _within: tuple[Path, ...] = ()) -> list[Line]:
    """The lines of `path` and of what it includes; paths in the result are relative to `root`.

    Raises:
        UserError: an included file that does not exist, or that includes itself.
    """
    result = []
    text = (root / path).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        match = INCLUDE.match(line)
        if not match:
            result.append(Line(line, path, number))
            continue
        name = match[1]
        target = Path(name[1:]) if name.startswith("/") else path.parent / name
        if not (root / target).is_file():
            raise UserError(f"{path}:{number}: includes {name}, which does not exist")
        if target in (path, *_within):
            raise UserError(f"{path}:{number}: includes {name}, which includes this file")
        result += lines(target, root, (*_within, path))
        result.append(Line("", path, number))
    return result


def substitute(text: str, variables: dict[str, Any]) -> str:
    """Fill in the variables; an unknown one becomes `?var:name`, as Quarto prints it."""

    def filled(match: re.Match[str]) -> str:
        found = lookup(variables, match[1])
        return f"**?var:{match[1]}**" if found is None else found

    return VARIABLE.sub(filled, text)
