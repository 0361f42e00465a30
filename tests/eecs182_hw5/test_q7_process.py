"""The answers to question 7 are what the configuration says, and nothing else."""

from pathlib import Path

import pytest

from proofsheet.jobs.atomic_files import read_json
from train_job import perform

SCRIPT = Path(__file__).parents[2] / "workflow/problems/eecs182_hw5/q7_process/solve.py"
EMPTY = {"sources": [], "people": [], "hours": None, "acknowledgements": {}}


@pytest.mark.parametrize(
    ("given", "answers"),
    [
        ({}, {}),
        (
            {"sources": ["lecture 9", "Srivastava et al."]},
            {"sources": "lecture 9; Srivastava et al."},
        ),
        ({"people": ["Ada Lovelace (123)"]}, {"people": "Ada Lovelace (123)"}),
        ({"hours": 12}, {"hours": "12"}),
        ({"hours": 7.5}, {"hours": "7.5"}),
        ({"hours": 0}, {"hours": "0"}),
        (
            {
                "sources": ["lecture 9"],
                "people": ["Ada Lovelace"],
                "acknowledgements": {
                    "q5_dropout": {"collaborators": ["Emmy Noether"], "ai_tools": ["a tool"]},
                    "q6_cnn": {"collaborators": ["Ada Lovelace"], "ai_tools": ["a tool"]},
                },
            },
            {"sources": "lecture 9; a tool", "people": "Ada Lovelace; Emmy Noether"},
        ),
    ],
)
def test_the_answers_are_those_of_the_configuration(given, answers, tmp_path):
    outputs = {name: tmp_path / f"{name}.json" for name in ("metrics", "checks")}
    perform(SCRIPT, {}, outputs, **(EMPTY | given))
    nothing = {"sources": "None", "people": "None", "hours": "Not stated"}
    assert read_json(tmp_path / "metrics.json") == nothing | answers
    assert read_json(tmp_path / "checks.json") == []
