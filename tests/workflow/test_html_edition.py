"""`snakemake html` after a run: the page of the real chapters, opened in a browser."""

from __future__ import annotations

import json
import re

import pytest

from chromium import first_paint, look_as, needs_chromium
from workflow_project import QUICK, Project

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(finished, tmp_path_factory) -> Project:
    """A checkout with results, in which the pages have been made."""
    project = finished.copy(tmp_path_factory.mktemp("html") / "project")
    run = project.snakemake("html", *QUICK)
    assert run.returncode == 0, run.stdout[-3000:]
    return project


def test_it_makes_a_page_for_each_pdf_and_nothing_twice(project):
    results = project.folder / "results"
    assert {path.name for path in results.glob("*.html")} == {
        "submission.html",
        "csci5527_hw2.html",
    }
    assert project.planned("html") == {}
    (project.folder / "src/proofsheet/report/page.css").open("a").write("/* */\n")
    assert project.planned("html") == {"html": 1, "render_html": 2}


def test_every_check_and_every_number_has_its_origin(project):
    text = (project.folder / "results/csci5527_hw2.html").read_text(encoding="utf-8")
    checks = [
        check["id"]
        for path in sorted(project.folder.glob("results/csci5527_hw2/*/checks.json"))
        for check in json.loads(path.read_text())
    ]
    rows = re.findall(r'<details class="row" id="check-\d+">.*?</details>', text, re.S)
    assert len(rows) == len(checks) > 50
    for check in checks:
        assert sum(f"<dd>{check} in workflow/problems/" in row for row in rows) >= 1, check
    assert all(re.search(r"def \w+\(rng", row) for row in rows)
    values = re.findall(r'<span class="value"[^>]*>', text)
    assert len(values) > 50
    assert all(
        'data-metric="csci5527_hw2/' in value and 'data-run="run ' in value for value in values
    )


@needs_chromium
def test_the_page_opens_fast_and_in_silence_at_any_width(project, browser):
    assert first_paint(browser, (project.folder / "results/submission.html").as_uri()) < 1000
    for width in (320, 768, 1400):
        look_as(browser, width, 800)
        # A table or a formula may be wider than a phone; the page is not.
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.get_log("browser") == []
