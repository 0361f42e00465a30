"""Bars and their results: every state that a bar can be in."""

import re

import pytest

from proofsheet.report import acceptance, cover, results
from proofsheet.report.sets import load
from user_errors import refused


def outcomes(sample):
    return results.read(sample.results, [load(sample.report, "sample_hw")])


def row(sample, index):
    bars = [(bar, outcome) for outcome in outcomes(sample) for bar in outcome.problem.bars]
    return acceptance.row(*bars[index])


@pytest.mark.parametrize(
    ("difference", "state"), [(3.2e-9, "met"), (1e-5, "met"), (2e-5, "not met")]
)
def test_at_most(sample, difference, state):
    sample.update("sample_hw/p1_lines/metrics.json", difference=difference)
    found = row(sample, 0)
    assert (found.what, found.state, found.bar) == ("the two slopes agree", state, "≤\u00a010⁻⁵")


@pytest.mark.parametrize(("accuracy", "state"), [(0.9412, "met"), (0.9100, "not met")])
def test_at_least(sample, accuracy, state):
    sample.update("data/toy/source.json", standin=False)
    sample.update("sample_hw/p2_beans/metrics.json", test_accuracy=accuracy)
    found = row(sample, 1)
    assert (found.state, found.value) == (state, f"{100 * accuracy:.2f}\u00a0%")


def test_a_bar_for_real_data_does_not_apply_to_a_stand_in(sample):
    sample.update("sample_hw/p2_beans/metrics.json", test_accuracy=0.99)
    found = row(sample, 1)
    assert found.state == "not applicable"
    assert found.value.endswith("†")


def test_only_a_bar_of_the_text_is_called_asked(sample):
    assert [row(sample, index).whose for index in (0, 1)] == ["our bar", "asked"]


@pytest.mark.parametrize("value", ["high", True, [1.0]])
def test_a_metric_that_is_no_number_is_refused(sample, value):
    sample.update("sample_hw/p1_lines/metrics.json", difference=value)
    refused("'difference', which is not a number", row, sample, 0)


def test_a_metric_that_is_missing_is_named(sample):
    yaml = sample.report / "sample_hw" / "set.yaml"
    yaml.write_text(yaml.read_text().replace("metric: difference", "metric: gap.a"))
    refused(r"p1_lines/metrics\.json: .* needs 'gap\.a'.*not there", row, sample, 0)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("at_most: 1.0e-5", "limit: 1.0e-5", "needs one of at_least and at_most"),
        ("format: sci", "format: roman", "has the format 'roman'; allowed: percent"),
        ("title: Lines through points", "name: Lines", "missing or of the wrong type: 'title'"),
        ("problems:", "problems: [", "not YAML"),
    ],
)
def test_a_wrong_set_yaml_is_refused(sample, old, new, message):
    yaml = sample.report / "sample_hw" / "set.yaml"
    yaml.write_text(yaml.read_text().replace(old, new))
    refused(rf"sample_hw/set\.yaml.*{re.escape(message)}", load, sample.report, "sample_hw")


def front(sample, **options):
    sets = [load(sample.report, "sample_hw")]
    given = {"author": {}, "date": "today", "preset": "full"} | options
    return cover.data(sets, outcomes(sample), **given)


def test_the_first_page_says_which_data_are_stand_ins(sample):
    assert "stand-in was used for toy" in front(sample)["standin"]
    assert "SAMPLE 101 HW 0, problem 2" in front(sample)["standin"]
    sample.update("data/toy/source.json", standin=False, official=True)
    assert front(sample)["standin"] == ""
    assert front(sample)["notes"] == []


def test_the_first_page_says_that_a_run_is_quick(sample):
    assert "quick run" in front(sample, preset="quick")["notes"][0]
