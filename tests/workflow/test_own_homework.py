"""A course of one's own: `make problem`, a run, a PDF, and nothing under `src/`."""

import subprocess
import sys

import pytest

from proofsheet.report.pdf_text import page_texts
from workflow_project import QUICK

pytestmark = pytest.mark.slow


def test_a_new_course_runs_at_once(project):
    before = {path: path.read_bytes() for path in (project.folder / "src").rglob("*.py")}
    for problem in ("p1_slope", "p2_another_slope"):
        made = subprocess.run(
            [sys.executable, "-m", "proofsheet.planning.new_problem", "my_course", problem],
            cwd=project.folder, env=project.environment(), capture_output=True, text=True,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
    run = project.snakemake("my_course", *QUICK)
    assert run.returncode == 0, run.stdout[-4000:]
    # What is ready is named, with what to do with it.
    assert "results/submission/my_course/" in run.stdout
    assert "to hand in: One PDF." in run.stdout

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
    assert project.snakemake("results/my_course.pdf", *QUICK).returncode != 0
    assert made.read_bytes() == last
    chapter.write_text(right)

    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/my_course"],
        cwd=project.folder, env=project.environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert tests.returncode == 0, tests.stdout
    assert "4 passed" in tests.stdout
    lint = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "workflow", "tests/my_course"],
        cwd=project.folder, env=project.environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert lint.returncode == 0, lint.stdout
