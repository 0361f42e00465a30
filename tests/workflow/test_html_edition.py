"""`snakemake html` after a run: the page of the real chapters, opened in a browser."""

import json
import re

import pytest

from chromium import first_paint, look_as, needs_chromium
from workflow_project import EVERY_SET, ROOT, Project

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(finished, tmp_path_factory) -> Project:
    """A checkout with the results of every set, in which the pages have been made."""
    project = finished.copy(tmp_path_factory.mktemp("html") / "project")
    project.config = EVERY_SET
    project.succeed("html", *EVERY_SET)
    return project


def test_it_makes_a_page_for_each_set_and_nothing_twice(project):
    made = {path.stem for path in project.folder.glob("results/*.html")}
    assert made == {"submission", *(path.parent.name for path in ROOT.glob("report/*/set.yaml"))}
    assert project.planned("html") == {}
    with (project.folder / "src/proofsheet/report/page.css").open("a") as file:
        file.write("/* edited */\n")
    assert project.planned("html") == {"html": 1, "render_html": len(made)}


def test_the_page_of_all_sets_has_at_most_eight_megabytes(project):
    assert 2e6 < (project.folder / "results/submission.html").stat().st_size <= 8e6


def test_every_check_and_every_number_has_its_origin(project):
    text = (project.folder / "results/submission.html").read_text(encoding="utf-8")
    checks = [
        f"{check['id']} in workflow/problems/{path.parts[-3]}/{path.parts[-2]}/"
        for path in sorted(project.folder.glob("results/*/*/checks.json"))
        for check in json.loads(path.read_text())
    ]
    rows = re.findall(r'<details class="row" id="check-\d+">.*?</details>', text, re.S)
    assert len(rows) == len(checks) > 200
    for check in checks:
        assert sum(f"<dd>{check}" in row for row in rows) == 1, check
    assert [row[:200] for row in rows if not re.search(r"def \w+\(", row)] == []
    values = re.findall(r'<span class="value"[^>]*>', text)
    assert len(values) > 500
    assert all('data-metric="' in value and 'data-run="run ' in value for value in values)


@needs_chromium
def test_the_page_opens_fast_and_in_silence_at_any_width(project, browser):
    address = (project.folder / "results/submission.html").as_uri()
    assert any(first_paint(browser, address) < 1000 for _ in range(5))  # the machine may be busy
    for width in (320, 768, 1400):
        look_as(browser, width, 800)
        # A table or a formula may be wider than a phone; the page is not.
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.get_log("browser") == []
