"""The quick run from the command to the PDF, and what is run again after a change."""

import os
import re
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from workflow_project import EVERY_SET, QUICK, ROOT, Project

pytestmark = pytest.mark.slow

# Jobs that compute nothing: they put results together.
SETS = sorted(path.parent.name for path in ROOT.glob("report/*/set.yaml"))
ARCHIVES = {"cs7643_ps2_code_part1", "cs7643_ps2_code_part2"}
MADE_OF_RESULTS = ARCHIVES | {"render", "gallery", "all", *(f"{name}_hand_in" for name in SETS)}
# In the quick preset the notebooks of a set share a job, and so do its figures.
NOTEBOOKS = {f"{name}_notebooks" for name in SETS}


def test_a_second_run_has_nothing_to_do_and_says_so(finished):
    assert "Nothing to be done" in finished.succeed(*EVERY_SET)


def test_a_run_into_a_file_prints_a_line_per_job_and_the_longest_at_the_end(project, monkeypatch):
    # Where a container says not to, jobs keep what Python compiles all the same.
    environment = project.environment() | {"PYTHONDONTWRITEBYTECODE": "1"}
    monkeypatch.setattr(project, "environment", lambda: environment)
    names = ("cs7643_ps2/p1_collaborators", "eecs182_hw5/q7_process")
    wanted = [f"results/{name}/checks.json" for name in names]
    said = project.succeed(*wanted, *QUICK, "--cores", "1", "--verbose")
    rule = "(?:cs7643_ps2_p1_collaborators|eecs182_hw5_q7_process)"
    for count in (1, 2):
        line = rf"(?m)^\d\d:\d\d:\d\d +{count}/2  {rule}  \d+\.\d s$"
        assert len(re.findall(line, said)) == 1
    last = rf"(?m)^2 jobs in \d+ s; the longest: {rule} \d+ s"
    assert len(re.findall(last, said)) == 1
    # It chooses jobs when one has ended, not each second: both are ready, then one.
    assert said.count("Ready jobs: ") == 2
    assert list((project.folder / "src/proofsheet/jobs/__pycache__").glob("script.*.pyc"))
    assert "the longest" not in project.snakemake(*wanted, *QUICK).stdout


@pytest.fixture(scope="module")
def copy(finished, tmp_path_factory) -> Project:
    """A copy whose files are edited for one plan each."""
    return finished.copy(tmp_path_factory.mktemp("edited") / "copy")


@contextmanager
def edited(path: Path, text: str):
    """A file with a line more; afterwards it is as it was, with its time."""
    before, times = path.read_text(), path.stat()
    path.write_text(before + text)
    yield
    path.write_text(before)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


P1 = "workflow/problems/csci5527_hw2/p1_subspace"
SOLVE_AND_DRAW = {"csci5527_hw2_p1_subspace", "csci5527_hw2_figures"}


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (f"{P1}/gradient_descent.py", {*SOLVE_AND_DRAW, "csci5527_hw2_notebooks"}),
        (f"{P1}/figures.py", {"csci5527_hw2_figures"}),
        ("src/proofsheet/notebooks/builder.py", NOTEBOOKS),
        ("src/proofsheet/report/render.py", set()),
    ],
)
def test_an_edited_module_reruns_the_jobs_that_use_it(copy, module, expected):
    with edited(copy.folder / module, "\nEDITED = True\n"):
        jobs = set(copy.planned())
    assert jobs - MADE_OF_RESULTS == expected
    assert "render" in jobs or "notebooks" in module


def test_an_edited_message_of_the_planner_and_a_touched_file_rerun_nothing(copy):
    with ExitStack() as edits:
        for module in ("config", "tampering", "clock", "run_lock"):
            path = copy.folder / f"src/proofsheet/planning/{module}.py"
            edits.enter_context(edited(path, "\nEDITED = True\n"))
        (copy.folder / f"{P1}/gradient_descent.py").touch()
        assert copy.planned() == {}
