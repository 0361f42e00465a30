"""The set's own names: its problems are questions, and are found by the same rules."""

from __future__ import annotations

import re
from pathlib import Path

from proofsheet.planning.config import read_yaml
from proofsheet.planning.submission import files, notebooks
from proofsheet.report.sets import load

REPORT = Path(__file__).parents[2] / "report"
SET = load(REPORT, "eecs182_hw5")


def test_problems_are_called_questions_and_keep_their_numbers():
    assert SET.problems["q1_convnets"].heading == "Question 1: Convolutional networks"
    assert [problem.key for problem in SET.problems.values()] == [
        f"q{problem.number}" for problem in SET.problems.values()
    ]


def test_every_chapter_is_headed_and_labelled_as_the_set_says():
    for name, problem in SET.problems.items():
        first = (REPORT / "eecs182_hw5" / f"_{name}.qmd").read_text().splitlines()[0]
        assert first == f"## {problem.heading} {{#sec-eecs182-hw5-{problem.key}}}"


def test_question_6_is_handed_in_as_the_three_notebooks_that_the_text_names():
    entry = read_yaml(REPORT / "eecs182_hw5" / "set.yaml")
    wanted = ["bn_drop.ipynb", "cnn.ipynb", "pytorch_cnn.ipynb"]
    assert list(notebooks("eecs182_hw5", entry)) == ["problem_5.ipynb", *wanted]
    assert list(files("eecs182_hw5", entry)) == ["eecs182_hw5.pdf", *wanted]


def test_the_parts_are_those_of_the_text():
    parts = {"q1_convnets": "abc", "q2_batchnorm": "ab", "q3_separable": "ab"}
    for name, letters in parts.items():
        assert list(SET.problems[name].parts) == list(letters)
        assert not any(re.search(r"\d", points) for points in SET.problems[name].parts.values())
