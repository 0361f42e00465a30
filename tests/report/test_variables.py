"""The tree of variables: formats, marks, names."""

import pytest

from proofsheet.jobs.errors import UserError
from proofsheet.report import numbers, results, variables
from proofsheet.report.sets import load
from user_errors import refused

CITED = {"sample_hw.p1_lines.checks.slope": 7}


@pytest.fixture
def tree(sample):
    return variables.build(results.read(sample.results, [load(sample.report, "sample_hw")]), CITED)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sample_hw.p1_lines.slope.f4", "0.9877"),
        ("sample_hw.p1_lines.slope.percent1", "98.8\u00a0%"),
        ("sample_hw.p1_lines.slope.points", "98.77\u00a0points"),
        ("sample_hw.p1_lines.slope.points1", "98.8\u00a0points"),
        ("sample_hw.p1_lines.difference.sci", "3.2\u00a0×\u00a010⁻⁹"),
        ("sample_hw.p1_lines.points.int", "13,611"),
        ("sample_hw.p1_lines.method.text", r"normal\_eq"),
        ("sample_hw.p2_beans.test_accuracy.percent", "93.21\u00a0%†"),
        ("sample_hw.p2_beans.classes.i1.text", "B†"),
        ("sample_hw.p1_lines.standin", ""),
        ("sample_hw.p2_beans.standin", "† on stand-in data"),
        (
            "sample_hw.p1_lines.checks.slope",
            "[✓7](#check-7)",
        ),
        ("sample_hw.p1_lines.slope", None),
        ("sample_hw.p1_lines.slope.f4.more", None),
        ("nothing", None),
    ],
)
def test_a_name_leads_to_its_text(tree, name, text):
    assert variables.lookup(tree, name) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.1, "10⁻¹"),
        (0.994, "9.9\u00a0×\u00a010⁻¹"),
        (1, "1"),
        (2.71, "2.7"),
        (-2.71, "−2.7"),
        (5.0, "5"),
        (9.94, "9.9"),
        (9.96, "10¹"),
        (27.1, "2.7\u00a0×\u00a010¹"),
    ],
)
def test_a_power_of_ten_is_written_only_where_it_says_something(value, text):
    assert numbers.scientific(value) == text


def test_a_difference_of_shares_has_a_true_minus():
    assert numbers.points(-0.0466) == "−4.66\u00a0points"


def test_only_what_is_named_is_written_and_stays_a_text(tree):
    tree["sample_hw"]["p1_lines"]["slope"]["int"] = "0"
    names = ["sample_hw.p1_lines.slope.int", "sample_hw.p1_lines.slope.f4", "sample_hw.nothing"]
    part = variables.only(tree, names)
    assert part == {"sample_hw": {"p1_lines": {"slope": {"f4": "0.9877", "int": "0"}}}}


@pytest.mark.parametrize("key", ["a b", "1.5", "64", "checks", "standin"])
def test_a_key_that_cannot_be_named_is_refused(sample, key):
    sample.update("sample_hw/p1_lines/metrics.json", **{key: 1.0})
    outcomes = results.read(sample.results, [load(sample.report, "sample_hw")])
    refused(rf"p1_lines/metrics\.json: the key '{key}'", variables.build, outcomes, CITED)


def test_a_missing_result_is_named(sample):
    (sample.results / "data" / "toy" / "source.json").unlink()
    with pytest.raises(UserError, match=r"data/toy/source\.json does not exist"):
        results.read(sample.results, [load(sample.report, "sample_hw")])
