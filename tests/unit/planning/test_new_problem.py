"""A new problem from the templates: names, and mistakes that write nothing."""

import shutil
from pathlib import Path

import pytest
import yaml

from parsed_rules import rules
from proofsheet.jobs.errors import UserError
from proofsheet.planning.new_problem import TAKEN, write_problem
from user_errors import refused
from workflow_project import ROOT


@pytest.fixture
def checkout(tmp_path):
    shutil.copytree(ROOT / "workflow/templates", tmp_path / "workflow/templates")
    return tmp_path


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and "templates" not in path.parts
    }


def test_a_new_set_with_two_problems(checkout):
    write_problem("my_course", "p1_slope", checkout)
    written = write_problem("my_course", "p2_more_lines", checkout)
    assert all(path.is_file() for path in written)
    entry = yaml.safe_load((checkout / "report/my_course/set.yaml").read_text())
    assert entry["problems"] == {
        "p1_slope": {"title": "Slope", "parts": {"a": 1}},
        "p2_more_lines": {"title": "More lines", "parts": {"a": 1}},
    }
    write_problem("on", "p1_2024", checkout)  # which YAML would take for true and a number
    entry = yaml.safe_load((checkout / "report/on/set.yaml").read_text())
    assert (entry["title"], entry["problems"]["p1_2024"]["title"]) == ("on", "2024")
    text = files(checkout)
    assert "workflow/problems/my_course/p2_more_lines/solve.py" in text
    assert text["report/my_course/_set.qmd"].count("{{< include /my_course/_p") == 2
    chapter = text["report/my_course/_p2_more_lines.qmd"]
    assert chapter.startswith("## Problem 2: More lines {#sec-my-course-p2}")
    assert "$$\na = \\frac" in chapter
    assert not [name for name, content in text.items() if "$set" in content or "${" in content]


def test_no_rule_has_the_name_that_a_set_may_get():
    sets = [folder.parent.name for folder in ROOT.glob("report/*/set.yaml")]
    names = {rule.name for rule in rules() if not rule.name.startswith(tuple(sets))}
    assert "report" in names
    assert names <= TAKEN


@pytest.mark.parametrize(
    ("set_name", "problem", "message"),
    [
        ("My Course", "p1_slope", "SET is 'My Course'; allowed: lower-case"),
        ("../elsewhere", "p1_slope", "SET is '../elsewhere'"),
        ("my__course", "p1_slope", "SET is 'my__course'"),
        ("report", "p1_slope", "SET is 'report', which the workflow itself uses"),
        ("submission", "p1_slope", "SET is 'submission', which the workflow itself uses"),
        ("my_course", "slope", "PROBLEM is 'slope'; allowed: a letter"),
        ("my_course", "p1_", "PROBLEM is 'p1_'"),
        ("my_course", "p1_a/b", "PROBLEM is 'p1_a/b'"),
    ],
)
def test_a_name_of_the_wrong_form_writes_nothing(checkout, set_name, problem, message):
    refused(message.replace(".", r"\."), write_problem, set_name, problem, checkout)
    assert files(checkout) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "title: T\nproblems:\n    p1_slope:\n        title: S\n",
        "title: T\nproblems: {p1_slope: {title: S}}\n",
        "title: T\nproblems:\n",
        "problems:\n  p1_slope: {title: S}\ntitle: T\n",
        "title: [\n",
    ],
)
def test_a_set_that_cannot_be_added_to_is_left_as_it_is(checkout, text):
    place = checkout / "report/my_course/set.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(text)
    refused(r"set\.yaml", write_problem, "my_course", "p2_other", checkout)
    assert files(checkout) == {"report/my_course/set.yaml": text}


def test_what_is_there_stays_as_it_is(checkout):
    write_problem("my_course", "p1_slope", checkout)
    before = files(checkout)
    with pytest.raises(UserError, match="is there already; choose another name"):
        write_problem("my_course", "p1_slope", checkout)
    with pytest.raises(UserError, match="has a problem 1 already; choose another number"):
        write_problem("my_course", "p1_other", checkout)
    assert files(checkout) == before
