"""The quick run from the command to the PDF, and what is run again after a change."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from page_checks import check_pages
from page_layout import far_figures, parted_footnotes, sparse_pages
from pdf_accessibility import examine
from proofsheet.report.pdf_text import page_texts
from same_results import without_times
from workflow_project import QUICK, ROOT

pytestmark = pytest.mark.slow

# Jobs that compute nothing: they put results together.
MADE_OF_RESULTS = {"render", "gallery", "csci5527_hw2_hand_in", "all"}
NOTEBOOKS = {
    f"csci5527_hw2_{problem}_notebook"
    for problem in ("p1_subspace", "p2_scalar_ad", "p3_matrix_ad", "p4_dry_beans")
}


def metrics_of(folder: Path) -> dict[str, Any]:
    """Every metrics.json and checks.json below `folder`, but for the times that it took."""
    found = [*folder.glob("results/*/*/metrics.json"), *folder.glob("results/*/*/checks.json")]
    return {
        str(path.relative_to(folder)): without_times(json.loads(path.read_text()))
        for path in sorted(found)
    }


def test_the_run_leaves_pdfs_notebooks_and_results(finished):
    results = finished.folder / "results"
    text = "".join(page_texts(results / "submission.pdf"))
    for title in ("Problem 1", "Problem 2", "Problem 3", "Problem 4", "Acknowledgements"):
        assert title in text
    assert (results / "csci5527_hw2.pdf").stat().st_size > 50_000
    for path in results.glob("*/*/checks.json"):
        checks = json.loads(path.read_text())
        assert checks, path
        assert all(check["passed"] for check in checks), path
    assert len(metrics_of(finished.folder)) == 8


def test_every_part_is_on_the_pages_that_the_map_names(finished):
    results = finished.folder / "results"
    assert check_pages(
        results / "csci5527_hw2.pdf", results / "csci5527_hw2.pages.csv", "csci5527_hw2",
        ROOT / "report",
    ) == 13  # fmt: skip


def test_the_pdf_is_accessible(finished, pdf_report):
    found = examine(finished.folder / "results/submission.pdf")
    assert found.faults == ()
    pdf_report.append(f"csci5527_hw2: {found}")


def test_no_page_is_nearly_empty_and_no_figure_far_from_its_text(finished):
    pdf = finished.folder / "results/csci5527_hw2.pdf"
    assert sparse_pages(pdf) == []
    assert far_figures(pdf) == []
    assert parted_footnotes(pdf) == []


def test_stand_in_data_is_said_on_every_page(finished):
    for text in page_texts(finished.folder / "results/submission.pdf"):
        assert "stand-in" in text.lower()


def test_notebooks_were_executed_without_error(finished):
    paths = sorted(finished.folder.glob("results/submission/csci5527_hw2/*.ipynb"))
    assert [path.name for path in paths] == [f"problem_{n}.ipynb" for n in (1, 2, 3, 4)]
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert any(cell.outputs for cell in code), path
        assert all("proofsheet." not in cell.source for cell in code), path
        assert not any(o.output_type == "error" for cell in code for o in cell.outputs), path


def test_the_notebooks_print_the_numbers_of_the_report(finished):
    """`make verify`, which counts every difference."""
    run = subprocess.run(
        [sys.executable, "-m", "proofsheet.notebooks.agreement"], cwd=finished.folder,
        env=os.environ | {"PYTHONPATH": "src"}, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    compared, different = re.search(r"(\d+) numbers compared, (\d+) differ", run.stdout).groups()
    assert int(compared) > 20
    assert different == "0"


def test_a_second_run_has_nothing_to_do_and_says_so(finished):
    run = finished.snakemake(*QUICK)
    assert run.returncode == 0
    assert "Nothing to be done" in run.stdout


def test_snakemake_chooses_jobs_when_one_has_ended_and_not_each_second(project):
    wanted = [
        f"results/csci5527_hw2/{name}/checks.json" for name in ("p2_scalar_ad", "p3_matrix_ad")
    ]
    run = project.snakemake(
        *wanted, *QUICK, "--cores", "1", "--verbose", "--workflow-profile", "none"
    )
    assert run.returncode == 0, run.stdout[-3000:]
    # Two jobs of some seconds, one after the other: both are ready, then one.
    assert run.stdout.count("Ready jobs: ") == 2


def test_a_run_into_a_file_prints_a_line_per_job_and_the_longest_at_the_end(project):
    targets = [f"results/cs7643_ps2/p1_collaborators/{name}.json" for name in ("metrics", "checks")]
    run = project.snakemake(*targets, *QUICK)
    assert run.returncode == 0, run.stdout[-3000:]
    job = r"cs7643_ps2_p1_collaborators"
    assert re.findall(rf"(?m)^\d\d:\d\d:\d\d +1/1  {job}  \d+\.\d s$", run.stdout)
    assert re.findall(rf"(?m)^1 jobs in \d+ s; the longest: {job} \d+ s$", run.stdout)
    again = project.snakemake(*targets, *QUICK)
    assert "the longest" not in again.stdout


def test_jobs_keep_what_python_compiles_where_a_container_says_not_to(project, monkeypatch):
    environment = project.environment() | {"PYTHONDONTWRITEBYTECODE": "1"}
    monkeypatch.setattr(project, "environment", lambda: environment)
    run = project.snakemake("results/cs7643_ps2/p1_collaborators/metrics.json", *QUICK)
    assert run.returncode == 0, run.stdout[-3000:]
    assert list((project.folder / "src/proofsheet/jobs/__pycache__").glob("script.*.pyc"))


def test_an_edited_sentence_renders_and_computes_nothing(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    chapter = project.folder / "report/csci5527_hw2/_p1_subspace.qmd"
    chapter.write_text(chapter.read_text() + "\nOne more sentence.\n")
    assert project.planned("report") == {"render": 1, "report": 1}
    assert project.planned() == {"render": 2, "csci5527_hw2_hand_in": 1, "all": 1}


P1 = "workflow/problems/csci5527_hw2/p1_subspace"
SOLVE_AND_DRAW = {"csci5527_hw2_p1_subspace", "csci5527_hw2_p1_subspace_figures"}


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (f"{P1}/gradient_descent.py", {*SOLVE_AND_DRAW, "csci5527_hw2_p1_subspace_notebook"}),
        (f"{P1}/derivations.py", {*SOLVE_AND_DRAW, "csci5527_hw2_p1_subspace_notebook"}),
        (f"{P1}/figures.py", {"csci5527_hw2_p1_subspace_figures"}),
        ("src/proofsheet/notebooks/builder.py", NOTEBOOKS),
        ("src/proofsheet/report/render.py", set()),
    ],
)
def test_an_edited_module_reruns_the_jobs_that_use_it(finished, tmp_path, module, expected):
    project = finished.copy(tmp_path / "copy")
    path = project.folder / module
    path.write_text(path.read_text() + "\nEDITED = True\n")
    jobs = set(project.planned())
    assert jobs - MADE_OF_RESULTS == expected
    assert "render" in jobs or "notebooks" in module


@pytest.mark.parametrize("module", ["config", "tampering", "clock", "slurm_hint", "run_lock"])
def test_an_edited_message_of_the_planner_reruns_nothing(finished, tmp_path, module):
    project = finished.copy(tmp_path / "copy")
    path = project.folder / f"src/proofsheet/planning/{module}.py"
    text = path.read_text()
    path.write_text(text.replace("allowed:", "permitted:") + "\nEDITED = True\n")
    assert project.planned() == {}


def test_a_touched_but_unchanged_file_reruns_nothing(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    (project.folder / "workflow/problems/csci5527_hw2/p1_subspace/gradient_descent.py").touch()
    assert project.planned() == {}
