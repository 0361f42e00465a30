"""Every part of the five texts is asked for, with the points that its text gives it."""

import pytest

from proofsheet.report.sets import load
from workflow_project import ROOT

# Copied from the texts by hand, problem by problem: `part points`, in the texts' order. A dash
# stands for a part to which its text gives no points of its own.
PARTS = {
    "csci5527_hw2": [
        "a 1/15, b1 2/15, b2 0.5/15, c1 2/15, c2 0.5/15",
        "a 1/15, b 1/15, c 1/15",
        "a 1/15, b 2.5/15, c 1/15",
        "a 1/15, b 1/15",
    ],
    "csci5527_hw3": [
        "a 0.5/15, b 1/15, c 0.5/15, d 1.5/15, e 1/15",
        "a 1/15, b 1/15, c 1/15, d 1/15, e 1/15, f 1/15, g 1/15",
        "all 1.5/15",
        "a 1/15, b 1/15",
    ],
    "dl_hw1": [
        "1 6, 2 6, 3 3",
        "1 6, 2 4, 3 3, 4 2",
        "1 6, 2 5, 3 4",
        "Q4.1 2, Q4.2 5, Q4.3 5, Q4.4 3",
        "Q5.1 3, Q5.2 5, Q5.3 4, Q5.4 3",
        "Q6.1 5, Q6.2 4, Q6.3 5, Q6.4 2, Q6.5 2, Q6.6 3, Q6.7 4",
    ],
    "cs7643_ps2": [
        "all 0.5",
        "all 2, a –, b1 –, b2 –, b3 –",
        "1 3, 2 2 extra, 3 2 extra",
        "all 4, a –, b –, c –, d –, e –",
        "all 5, a –, b –, c –",
        "all 3",
        "all 18, Part 1 –, Part 2 –, Extra 2 extra",
    ],
    "eecs182_hw5": [
        "a –, b –, c –",
        "a –, b –",
        "a –, b –",
        "a –, b –, c –, d –",
        "a –, b –, c –, d –, e –, f –, g optional, h optional, i –",
        "a –, b optional, c –, d –",
        "a –, b –, c –",
        "all old exam",
        "a old exam, b old exam",
    ],
}


@pytest.mark.parametrize("name", PARTS)
def test_the_set_asks_for_the_parts_of_its_text(name):
    problems = load(ROOT / "report", name).problems.values()
    listed = [", ".join(f"{k} {v}" for k, v in problem.parts.items()) for problem in problems]
    assert listed == PARTS[name]
