"""Numbers that a notebook prints, held against metrics.json."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from proofsheet.notebooks.agreement import printed_numbers

METRICS = {
    "adam": {"test_accuracy": 0.991049, "losses": [0.5, 0.25]},
    "counts": {"train": 12345},
    "error": 1.26e-9,
    "name": "adam",
    "flag": True,
}


def read(*lines: str):
    output = new_output("stream", text="\n".join(lines) + "\n")
    return list(printed_numbers(new_notebook(cells=[new_code_cell(outputs=[output])]), METRICS))


@pytest.mark.parametrize(
    "line",
    [
        "adam.test_accuracy = 99.10 %",
        "adam.test_accuracy = 99.105 %",
        "adam.test_accuracy = 0.991",
        "adam.losses.1 = 0.25",
        "adam.losses.1 = 0.2",  # a tie may go either way
        "counts.train = 12,345",
        "error = 1.3e-09",
    ],
)
def test_a_number_that_is_rounded_agrees(line):
    (found,) = read(line)
    assert found.agrees


@pytest.mark.parametrize(
    "line",
    [
        "adam.test_accuracy = 99.11 %",
        "adam.test_accuracy = 0.9",
        "adam.losses.2 = 0.25",
        "counts.train = 12,346",
        "error = 1.2e-09",
        "adam.accuracy = 99.10 %",
        "name = 1",
        "flag = 1",
    ],
)
def test_another_number_or_name_does_not(line):
    (found,) = read(line)
    assert not found.agrees


def test_other_lines_are_left_alone():
    assert read("the accuracy of adam is 99.10 %", "x = y", "  error = 5", "Epoch 3 = 0.5") == []
