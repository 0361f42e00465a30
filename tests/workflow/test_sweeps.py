"""Sweeps in the real workflow: results, what is made anew, and what planning many jobs costs."""

import pstats
import subprocess
import sys

import pytest

from proofsheet.jobs.atomic_files import read_json, write_text
from workflow_project import QUICK

pytestmark = pytest.mark.slow
RUN = "csci5527_hw2/p4_dry_beans_mlp"


def configured(project, grid: str, per_job: int) -> list[str]:
    """A configuration with one sweep; the option that names it."""
    path = project.folder / "sweeps.yaml"
    write_text(path, f"sweeps:\n  beans: {{run: {RUN}, grid: {grid}, runs_per_job: {per_job}}}\n")
    return ["--configfile", str(path)]


def test_a_grid_becomes_a_table_and_a_figure_and_grows_at_its_end(project):
    grid = "{learning_rate: [0.01, 1.0e-6], seed: [0, 1], epochs: [2], members: [1]}"
    options = configured(project, grid, per_job=2)
    project.succeed("sweeps", *options, *QUICK)
    folder = project.folder / "results/sweeps/beans"
    summary = read_json(folder / "summary.json")
    assert summary["run"] == RUN
    assert summary["runs"] == 4
    good, bad = (entry["metrics"]["validation_accuracy"] for entry in summary["settings"])
    assert good["mean"] > bad["mean"] + 0.2
    assert good["low"] <= good["mean"] <= good["high"]
    # Stand-in data are marked where they are shown.
    assert "†" in (folder / "table.md").read_text()
    assert (folder / "figure.svg").stat().st_size > 5000

    grid = grid.replace("1.0e-6]", "1.0e-6, 0.1]")
    planned = project.planned("sweeps", *configured(project, grid, per_job=2))
    assert planned == {"sweep_beans_2": 1, "sweep_summary": 1, "sweeps": 1}


def test_a_sweep_of_a_heavy_run_takes_what_its_rule_takes(project):
    """The transfer waits for the weights, as its rule does."""
    path = project.folder / "sweeps.yaml"
    run = "csci5527_hw3/p4_transfer_train"
    write_text(path, f"sweeps:\n  blocks: {{run: {run}, grid: {{strategy: [frozen, scratch]}}}}\n")
    planned = project.planned("sweeps", "--configfile", str(path))
    assert planned["csci5527_hw3_p4_transfer_pretrain"] == 1
    assert {"sweep_blocks_0", "sweep_blocks_1"} < set(planned)


def calls(project, *arguments: str) -> int:
    """Calls of functions in a dry run of everything."""
    profile = project.folder / "profile.out"
    command = project.command("--dry-run", "--quiet", "all", *arguments, *QUICK)
    subprocess.run(
        [sys.executable, "-m", "cProfile", "-o", str(profile), *command[1:]],
        cwd=project.folder, env=project.environment(), capture_output=True, check=True,
    )  # fmt: skip
    return pstats.Stats(str(profile)).total_calls


def test_planning_many_jobs_stays_cheap(project):
    """Twice the jobs are twice the work, and 1,000 less than eight times the empty workflow."""
    empty = calls(project)
    some, more = (
        calls(project, *configured(project, f"{{seed: {list(range(count))}}}", per_job=1))
        for count in (75, 150)
    )
    print(f"calls: {empty:,} without a sweep, {some:,} with 75 jobs, {more:,} with 150")
    assert more - some < 1.3 * (some - empty)
    assert (more - empty) / 150 * 1000 < 8 * empty
