"""A course of one's own: `make problem`, a run, a PDF, and nothing under `src/`."""

import subprocess
import sys

import pytest

from proofsheet.report.pdf_text import page_texts
from workflow_project import QUICK

pytestmark = pytest.mark.slow


def test_a_new_course_runs_at_once(project):
    def python(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=project.folder, env=project.environment(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        return done.stdout

    before = {path: path.read_bytes() for path in (project.folder / "src").rglob("*.py")}
    for problem in ("p1_slope", "p2_another_slope"):
        python("proofsheet.planning.new_problem", "my_course", problem)
    said = project.succeed("my_course", *QUICK)
    # What is ready is named, with what to do with it.
    assert "results/submission/my_course/" in said
    assert "to hand in: One PDF." in said

    pdf = project.folder / "results/submission/my_course/my_course.pdf"
    text = "".join(page_texts(pdf))
    for title in ("Problem 1: Slope", "Problem 2: Another slope"):
        assert title in text
    assert {path: path.read_bytes() for path in (project.folder / "src").rglob("*.py")} == before

    # A render that fails leaves the last PDF where it is.
    chapter = project.folder / "report/my_course/_p1_slope.qmd"
    right = chapter.read_text()
    chapter.write_text(right + "\nSee @sec-nowhere.\n")
    made = project.folder / "results/my_course.pdf"
    last = made.read_bytes()
    project.fail("sec-nowhere", "results/my_course.pdf", *QUICK)
    assert made.read_bytes() == last
    chapter.write_text(right)

    assert "4 passed" in python("pytest", "-q", "tests/my_course")
    python("ruff", "check", "workflow", "tests/my_course")
