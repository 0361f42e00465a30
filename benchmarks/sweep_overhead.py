"""What a sweep costs beside its trainings: planning 1,000 jobs, and each job, here and on SLURM.

    python benchmarks/sweep_overhead.py [--no-slurm]

Everything runs in a temporary checkout with stand-in data. Planning is a dry run of the whole
workflow, without a sweep and with one of 1,000 jobs. The overhead of a run is what is left of the
time of small trainings on one core without planning and training; in SLURM, what is left
of the time that its jobs held a node. As large jobs as the sweep has by itself are compared
with one job for each run. Where others use the same processor, its own seconds, which are printed
beside those on the clock, say more.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from proofsheet.jobs.atomic_files import read_json, write_text
from proofsheet.sweeps.grid import expand, files_of
from proofsheet.sweeps.registry import SWEEPABLE

ROOT = Path(__file__).parents[1]
# The cluster and the temporary checkout are those of the tests.
sys.path.insert(0, str(ROOT / "tests"))

from slurm.cluster import Cluster, missing  # noqa: E402
from workflow_project import Project, copy_of_checkout  # noqa: E402

RUN = "csci5527_hw2/p4_dry_beans_mlp"
CONFIG = ("--config", "preset=quick", "data={source: standin}", "device=cpu")
SLURM = ("--workflow-profile", "workflow/profiles/slurm")
PLANNED = 1000
# Of small runs: as many jobs as one can wait for, alone and together.
RUNS = {"grouped": 50, "ungrouped": 6}


@dataclass(frozen=True)
class Took:
    """One command: seconds on the clock, and of processors."""

    wall: float
    cpu: float


def sweep(project: Project, name: str, runs: int, per_job: int | None) -> list[str]:
    """Write a configuration with one sweep of small runs; the options that name it."""
    path = project.folder / f"{name}.yaml"
    size = "" if per_job is None else f", runs_per_job: {per_job}"
    grid = f"{{seed: {list(range(runs))}, epochs: [1], members: [1]}}"
    write_text(path, f"sweeps:\n  {name}: {{run: {RUN}, grid: {grid}{size}}}\n")
    return ["--configfile", str(path), *CONFIG]


def took(project: Project, *arguments: str, environment: dict[str, str] | None = None) -> Took:
    """Run Snakemake to its end; what it says is shown if it fails."""
    command = project.command(*arguments, "--cores", "1")
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, cwd=project.folder, stdout=said, stderr=said,
            env=project.environment() | (environment or {}),
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{said.read()[-3000:]}")
    return Took(time.perf_counter() - start, usage.ru_utime + usage.ru_stime)


def planning(project: Project) -> None:
    """A dry run of everything, without and with a sweep."""
    dry = ("--dry-run", "--quiet", "all")
    took(project, *dry, *CONFIG)  # the first one compiles modules
    empty = took(project, *dry, *CONFIG)
    full = took(project, *dry, *sweep(project, "planned", PLANNED, 1))
    print(
        f"planning: {empty.wall:.1f} s without a sweep ({empty.cpu:.1f} s of a core),"
        f" {full.wall:.1f} s with {PLANNED:,} jobs ({full.cpu:.1f} s of a core):"
        f" {full.wall - empty.wall:+.1f} s ({full.cpu - empty.cpu:+.1f} s of a core)",
        flush=True,
    )


def runs_of(project: Project, name: str, runs: int) -> list[str]:
    """The results of a sweep, as targets."""
    return files_of(name, expand({"seed": list(range(runs)), "epochs": [1], "members": [1]}))


def training(project: Project, targets: list[str]) -> Took:
    """What the runs themselves took, all of them together."""
    found = [read_json(project.folder / path) for path in targets]
    return Took(*(sum(run[key] for run in found) for key in ("seconds", "cpu_seconds")))


def locally(project: Project) -> None:
    """Small runs on one core of this machine."""
    took(project, "results/data/dry_bean/source.json", *CONFIG)
    for name, runs in RUNS.items():
        per_job = None if name == "grouped" else 1
        options = sweep(project, name, runs, per_job)
        targets = runs_of(project, name, runs)
        whole = took(project, *targets, *options)
        planned = took(project, *targets, *options)  # nothing is left to do
        trained = training(project, targets)
        size = per_job or SWEEPABLE[RUN].runs_per_job
        wall = (whole.wall - planned.wall - trained.wall) / runs
        cpu = (whole.cpu - planned.cpu - trained.cpu) / runs
        print(
            f"local, {name}: {runs} runs in jobs of {size}, {trained.wall / runs:.2f} s of training"
            f" each: {wall:.2f} s of overhead per run ({cpu:.2f} s of a core), {wall * size:.1f} s"
            f" per job ({cpu * size:.1f} s of a core)",
            flush=True,
        )


def on_slurm(project: Project, cluster: Cluster) -> None:
    """The same runs as jobs of a cluster."""
    for name, runs in RUNS.items():
        sweep_name, per_job = f"slurm_{name}", None if name == "grouped" else 1
        options = sweep(project, sweep_name, runs, per_job)
        targets = runs_of(project, sweep_name, runs)
        environment = cluster.environment()
        whole = took(project, *targets, *options, *SLURM, environment=environment).wall
        planned = took(project, *targets, *options, *SLURM, environment=environment).wall
        jobs = [
            job for job in cluster.jobs() if f"rule_sweep_{sweep_name}" in job.get("Comment", "")
        ]
        held = sum(seconds(job["StartTime"], job["EndTime"]) for job in jobs)
        waited = sum(seconds(job["SubmitTime"], job["StartTime"]) for job in jobs)
        trained = training(project, targets).wall
        print(
            f"SLURM, {name}: {runs} runs in {len(jobs)} jobs, {trained / runs:.2f} s of training"
            f" each: nodes were held for {(held - trained) / runs:.2f} s more per run,"
            f" {(held - trained) / len(jobs):.1f} s per job, after {waited / len(jobs):.1f} s in"
            f" the queue; the whole took {whole - planned:.0f} s",
            flush=True,
        )


def seconds(start: str, end: str) -> float:
    """Between two of SLURM's times."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def main() -> None:
    """Print one line for each measurement."""
    with tempfile.TemporaryDirectory() as folder:
        project = copy_of_checkout(Path(folder) / "project")
        planning(project)
        locally(project)
        if "--no-slurm" in sys.argv or (why := missing()):
            print(f"SLURM: not measured ({'not wanted' if '--no-slurm' in sys.argv else why})")
            return
        cluster = Cluster(Path(folder) / "cluster")
        try:
            cluster.start()
            on_slurm(project, cluster)
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
