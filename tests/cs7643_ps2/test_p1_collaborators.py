"""The answer to problem 1 is what the configuration says, and nothing else."""

from pathlib import Path

import pytest

from proofsheet.jobs.atomic_files import read_json
from train_job import perform

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
    outputs = {name: tmp_path / f"{name}.json" for name in ("metrics", "checks")}
    perform(SCRIPT, {}, outputs, acknowledgements=given)
    assert read_json(tmp_path / "metrics.json") == {"collaborators": answer}
    assert read_json(tmp_path / "checks.json") == []
