"""The answer to problem 1 is what the configuration says, and nothing else."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from proofsheet.jobs.atomic_files import read_json

SCRIPT = Path(__file__).parents[2] / "workflow/problems/cs7643_ps2/p1_collaborators/solve.py"


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({}, "Not stated"),
        ({"p6_sgd": {"collaborators": None, "ai_tools": ["a tool"]}}, "Not stated"),
        ({"p6_sgd": {"collaborators": [], "ai_tools": ["a tool"], "images": []}}, "None"),
        (
            {
                "p4_autodiff": {"collaborators": ["Ada Lovelace", "Emmy Noether"]},
                "p6_sgd": {"collaborators": ["Emmy Noether", "Alan Turing"]},
            },
            "Ada Lovelace, Emmy Noether, Alan Turing",
        ),
    ],
)
def test_everyone_is_named_once(given, answer, tmp_path):
    snakemake = SimpleNamespace(
        params=SimpleNamespace(acknowledgements=given),
        output=SimpleNamespace(metrics=tmp_path / "metrics.json", checks=tmp_path / "checks.json"),
        log=[],
        rule="p1",
    )
    runpy.run_path(str(SCRIPT), init_globals={"snakemake": snakemake})
    assert read_json(tmp_path / "metrics.json") == {"collaborators": answer}
    assert read_json(tmp_path / "checks.json") == []
