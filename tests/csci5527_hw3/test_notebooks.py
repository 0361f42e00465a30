"""The notebooks of HW 3: what they must not contain, and constants that the workflow has, too."""

from __future__ import annotations

import ast

import yaml

from proofsheet.learning.transfer_strategy import strategy_of
from proofsheet.notebooks.builder import build
from workflow_project import ROOT

PROBLEMS = ROOT / "workflow/problems/csci5527_hw3"


def code(problem: str) -> str:
    """All code of a notebook, with what it pastes."""
    text = (PROBLEMS / problem / "notebook.py").read_text()
    cells = build(text, (ROOT / "src", ROOT / "workflow")).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def test_no_built_in_optimizer_takes_part_in_problem_1() -> None:
    assert "torch.optim" not in code("p1_optimizers")


def test_the_strategies_are_those_of_the_configuration() -> None:
    entries = yaml.safe_load((ROOT / "config.yaml").read_text())["transfer"]["strategies"]
    tree = ast.parse((PROBLEMS / "p4_transfer/notebook.py").read_text())
    named = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    strategies = ast.literal_eval(named["STRATEGIES"])
    assert list(strategies) == list(entries)
    for name, entry in entries.items():
        assert strategy_of(name, strategies[name]) == strategy_of(name, entry)
