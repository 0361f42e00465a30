"""The SLURM profile on a real cluster: who got what, and what becomes of jobs that are lost."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
from pathlib import Path

import pytest

from workflow_project import QUICK, Project, copy_of_checkout

from .cluster import Cluster, missing

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.skipif(bool(missing()), reason=missing() or "there is a cluster"),
]
PROFILE = ("--workflow-profile", "workflow/profiles/slurm")
CHEAP = "csci5527_hw2_p2_scalar_ad"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Three nodes in partitions `cpu` and `gpu`."""
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


class ClusterProject(Project):
    """A checkout whose Snakemake submits to the cluster."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        super().__init__(folder)
        self.cluster = cluster

    def environment(self) -> dict[str, str]:
        return super().environment() | self.cluster.environment()

    def submit(self, *arguments: str, timeout: int = 900) -> subprocess.CompletedProcess[str]:
        """One run to its end through the cluster."""
        return self.snakemake(*arguments, *PROFILE, *QUICK, timeout=timeout)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A run that goes on while the cluster is meddled with."""
        log = (self.folder / "run.log").open("w")
        return subprocess.Popen(
            self.command(*arguments, *PROFILE, *QUICK), cwd=self.folder, text=True,
            env=self.environment(), stdout=log, stderr=log,
        )  # fmt: skip

    def edit(self, path: str, old: str, new: str) -> None:
        """One place in a file of this checkout."""
        file = self.folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))


@pytest.fixture
def project(tmp_path, cluster) -> ClusterProject:
    """A fresh checkout, and only the jobs that this test submits."""
    return ClusterProject(copy_of_checkout(tmp_path / "project").folder, cluster)


def rule_of(job: dict[str, str]) -> str:
    return re.sub(r"_wildcards.*", "", job["Comment"].removeprefix("rule_"))


def submitted(cluster: Cluster, project: ClusterProject) -> list[dict[str, str]]:
    return [job for job in cluster.jobs() if job["WorkDir"] == str(project.folder)]


def memory(job: dict[str, str]) -> str:
    return re.search(r"mem=(\w+)", job["TRES"])[1]


def test_two_sets_run_through_the_cluster(project, cluster):
    """Heavy rules where they belong with what they declare, light ones not at all."""
    run = project.submit(
        "results/csci5527_hw2.pdf", "results/cs7643_ps2_theory.pdf",
        "--set-resources", f"{CHEAP}:gpu=1", "--set-threads", f"{CHEAP}=2",
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:]
    for document in ("csci5527_hw2", "cs7643_ps2_theory"):
        assert (project.folder / f"results/{document}.pdf").stat().st_size > 50_000

    jobs = submitted(cluster, project)
    rules = [rule_of(job) for job in jobs]
    assert {job["JobState"] for job in jobs} == {"COMPLETED"}
    assert rules.count("csci5527_hw2_p4_dry_beans_mlp") == 3
    assert "cs7643_ps2_p5_convolution" in rules
    # Downloads, drawing and rendering stayed where Snakemake was started.
    assert not [rule for rule in rules if rule.endswith("_figures") or rule in ("data", "render")]
    by_rule = dict(zip(rules, jobs, strict=True))

    on_gpu = by_rule.pop(CHEAP)
    assert on_gpu["Partition"] == "gpu"
    assert on_gpu["NodeList"] == "gpu1"
    assert "gpu:1" in on_gpu["TresPerJob"]
    assert on_gpu["NumCPUs"] == "2"
    for rule, job in by_rule.items():
        assert job["Partition"] == "cpu", rule
        assert "TresPerJob" not in job, rule
    assert by_rule["csci5527_hw2_p1_subspace"]["NumCPUs"] == "1"
    declared = (project.folder / "workflow/rules/csci5527_hw2.smk").read_text()
    for rule in ("csci5527_hw2_p1_subspace", "csci5527_hw2_p3_matrix_ad"):
        text = declared.split(f"rule {rule}:")[1]
        assert memory(by_rule[rule]) == re.search(r"mem_mb=growing\((\d+)\)", text)[1] + "M"
        limit = int(re.search(r"runtime=(\d+)", text)[1])
        hours, minutes, _ = by_rule[rule]["TimeLimit"].split(":")
        assert 60 * int(hours) + int(minutes) == limit

    # Logs are kept and are found by the name of the rule.
    for rule in (CHEAP, "csci5527_hw2_p4_dry_beans_mlp"):
        assert list((project.folder / "results/logs/slurm").glob(f"rule_{rule}/**/*.log")), rule


def test_lost_jobs_are_tried_again(project, cluster):
    """One is cancelled, one loses its node; the run ends all the same."""
    project.edit(
        "workflow/scripts/csci5527_hw2/p3_matrix_ad.py", "with job.start(snakemake)",
        "import time\ntime.sleep(20)\n\nwith job.start(snakemake)",
    )  # fmt: skip
    target = "results/csci5527_hw2/p3_matrix_ad/metrics.json"
    rule = "csci5527_hw2_p3_matrix_ad"
    run = project.start(target, "--retries", "3")
    first = cluster.wait_for_job(rule)
    cluster.command("scancel", first["JobId"])
    cluster.wait_for_job(rule, "CANCELLED")
    second = cluster.wait_for_job(rule)
    node = second["NodeList"]
    cluster.command("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
    cluster.wait_for_job(rule, "NODE_FAIL")
    assert run.wait(timeout=600) == 0, (project.folder / "run.log").read_text()[-3000:]
    cluster.command("scontrol", "update", f"nodename={node}", "state=resume")
    states = [job["JobState"] for job in submitted(cluster, project)]
    assert sorted(states) == ["CANCELLED", "COMPLETED", "NODE_FAIL"]
    assert (project.folder / target).is_file()


def test_a_job_that_exceeds_its_memory_gets_more(project, cluster):
    project.edit(
        "workflow/scripts/csci5527_hw2/p2_scalar_ad.py", "with job.start(snakemake)",
        "hoard = bytearray(2_600_000_000)\nimport time\ntime.sleep(5)\n\nwith job.start(snakemake)",
    )  # fmt: skip
    run = project.submit("results/csci5527_hw2/p2_scalar_ad/metrics.json")
    assert run.returncode == 0, run.stdout[-3000:]
    jobs = submitted(cluster, project)
    states = [(job["JobState"], memory(job)) for job in sorted(jobs, key=lambda j: int(j["JobId"]))]
    assert states[0][0] in ("FAILED", "OUT_OF_MEMORY")
    assert states[-1][0] == "COMPLETED"
    amounts = [int(amount.removesuffix("M")) for _, amount in states]
    assert amounts == [amounts[0] * attempt for attempt in range(1, len(states) + 1)]


def test_many_runs_of_one_rule_are_one_array(project, cluster):
    run = project.submit(
        "results/csci5527_hw2/p4_dry_beans/metrics.json", "--slurm-array-jobs", "all"
    )
    assert run.returncode == 0, run.stdout[-3000:]
    arrays = [job for job in submitted(cluster, project) if "ArrayTaskId" in job]
    assert len(arrays) == 6
    assert len({job["ArrayJobId"] for job in arrays}) == 2
    assert {job["JobState"] for job in arrays} == {"COMPLETED"}


def test_started_inside_a_job_it_says_so(project, cluster):
    words = shlex.join(project.command("results/cs7643_ps2/p1_collaborators/metrics.json", *QUICK))
    output = project.folder / "inside.log"
    done = subprocess.run(
        ["sbatch", "--wait", "--cpus-per-task=1", "--mem=2000", f"--output={output}", "--wrap",
         f"cd {project.folder} && {words}"],
        env=os.environ | project.environment(), capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    deadline = time.monotonic() + 10
    while "CPUs" not in output.read_text() and time.monotonic() < deadline:
        time.sleep(0.5)
    assert done.returncode == 0, output.read_text()
    assert "which has 1 CPUs, with --cores 2; give --cores 1" in output.read_text()
