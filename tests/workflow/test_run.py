"""The quick run from the command to the PDF, and what is run again after a change."""

from __future__ import annotations

import re

import pytest

from workflow_project import EVERY_SET, QUICK, ROOT

pytestmark = pytest.mark.slow

# Jobs that compute nothing: they put results together.
SETS = sorted(path.parent.name for path in ROOT.glob("report/*/set.yaml"))
ARCHIVES = {"cs7643_ps2_code_part1", "cs7643_ps2_code_part2"}
MADE_OF_RESULTS = ARCHIVES | {"render", "gallery", "all", *(f"{name}_hand_in" for name in SETS)}
# In the quick preset the notebooks of a set share a job, and so do its figures.
NOTEBOOKS = {f"{name}_notebooks" for name in SETS}


def test_a_second_run_has_nothing_to_do_and_says_so(finished):
    run = finished.snakemake(*EVERY_SET)
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
SOLVE_AND_DRAW = {"csci5527_hw2_p1_subspace", "csci5527_hw2_figures"}


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (f"{P1}/gradient_descent.py", {*SOLVE_AND_DRAW, "csci5527_hw2_notebooks"}),
        (f"{P1}/derivations.py", {*SOLVE_AND_DRAW, "csci5527_hw2_notebooks"}),
        (f"{P1}/figures.py", {"csci5527_hw2_figures"}),
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


def test_an_edited_message_of_the_planner_and_a_touched_file_rerun_nothing(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    for module in ("config", "tampering", "clock", "slurm_hint", "run_lock"):
        path = project.folder / f"src/proofsheet/planning/{module}.py"
        text = path.read_text()
        path.write_text(text.replace("allowed:", "permitted:") + "\nEDITED = True\n")
    (project.folder / f"{P1}/gradient_descent.py").touch()
    assert project.planned() == {}
