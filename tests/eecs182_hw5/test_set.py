"""The set's problems are questions, which keep the numbers of the text."""

from pathlib import Path

from proofsheet.report.sets import load


def test_problems_are_called_questions_and_keep_their_numbers():
    problems = load(Path(__file__).parents[2] / "report", "eecs182_hw5").problems
    assert problems["q1_convnets"].heading == "Question 1: Convolutional networks"
    assert [problem.key for problem in problems.values()] == [
        f"q{problem.number}" for problem in problems.values()
    ]
