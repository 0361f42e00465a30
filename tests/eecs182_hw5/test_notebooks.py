"""The notebooks of the set: short enough to read, and no name means two things."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from proofsheet.notebooks.builder import build

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(ROOT.glob("workflow/problems/eecs182_hw5/*/notebook*.py"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_at_most_600_lines_and_nothing_is_defined_twice(path):
    cells = build(path.read_text(), (ROOT / "src", ROOT / "workflow")).cells
    code = [
        line for cell in cells if cell.cell_type == "code" for line in cell.source.splitlines()
        if line.strip() and "__future__" not in line
    ]  # fmt: skip
    assert sum(not line.strip().startswith(("#", '"""')) for line in code) <= 600
    kinds = ast.FunctionDef | ast.ClassDef
    body = ast.parse("\n".join(code)).body
    names = [node.name for node in body if isinstance(node, kinds)]
    assert len(names) == len(set(names))
