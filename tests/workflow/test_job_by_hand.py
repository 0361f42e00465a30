"""Any job in the current process: `python -m proofsheet.jobs.run <result>`."""

from __future__ import annotations

import json
import subprocess
import sys

from workflow_project import Project

P1 = "results/cs7643_ps2/p1_collaborators"


def by_hand(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "proofsheet.jobs.run", *arguments],
        cwd=project.folder, env=project.environment() | {"PYTHONPATH": "src"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


MISTAKES = {
    "results/nothing.json": "no job of the workflow makes results/nothing.json; allowed:",
    "results/csci5527_hw2/p4_dry_beans/metrics.json":
        "needs results/data/dry_bean/train.npz, which does not exist; make it first:",
}  # fmt: skip


def test_a_job_runs_in_this_process_and_writes_what_its_rule_writes(project):
    for name, message in MISTAKES.items():
        run = by_hand(project, name)
        assert run.returncode == 1
        assert message in run.stderr.strip().splitlines()[-1]
        assert "Traceback" not in run.stderr

    run = by_hand(project, f"{P1}/metrics.json")
    assert run.returncode == 0, run.stderr
    metrics = (project.folder / P1 / "metrics.json").read_bytes()
    assert json.loads((project.folder / P1 / "checks.json").read_text()) == []
    planned = project.snakemake(f"{P1}/metrics.json")
    assert planned.returncode == 0, planned.stdout
    assert (project.folder / P1 / "metrics.json").read_bytes() == metrics
