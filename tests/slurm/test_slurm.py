"""The SLURM profile on a real cluster: who got what, and what becomes of jobs that are lost."""

import re
import time
from collections import defaultdict
from datetime import datetime

import pytest

from parsed_rules import parse
from workflow_project import QUICK, copy_of_checkout

from .cluster import missing
from .conftest import SOON, ClusterProject

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.skipif(bool(missing()), reason=missing() or "there is a cluster"),
]
SETS = ("csci5527_hw2", "dl_hw1")
CHEAP = "csci5527_hw2_p2_scalar_ad"
BEANS = ("csci5527_hw2_p4_dry_beans_classical", "csci5527_hw2_p4_dry_beans_mlp")


def rule_of(job: dict[str, str]) -> str:
    return re.sub(r"_wildcards.*", "", job["Comment"].removeprefix("rule_"))


def memory(job: dict[str, str]) -> int:
    """Megabytes; the plugin adds one to each task of an array, for the commands that it carries."""
    return int(re.search(r"mem=(\d+)M", job["TRES"])[1]) - ("ArrayTaskId" in job)


def minutes(limit: str) -> int:
    hours, minutes, _ = limit.split(":")
    return 60 * int(hours) + int(minutes)


def declared(project: ClusterProject) -> dict[str, tuple[str, int, int]]:
    """Threads, memory and minutes of each rule of the two sets that may leave this machine."""
    return {
        rule.name: (
            str(rule.resources["_cores"]), rule.resources["mem_mb"], rule.resources["runtime"]
        )
        for rule in parse({"data": {"source": "standin"}}, project.folder)
        if rule.name.startswith(SETS) and rule.script and not rule.local
    }  # fmt: skip


@pytest.fixture(scope="module")
def two_sets(tmp_path_factory, cluster) -> ClusterProject:
    """Two sets to their PDFs: the beans as arrays, data near the node, one rule on the GPU."""
    folder = copy_of_checkout(tmp_path_factory.mktemp("two") / "project").folder
    project = ClusterProject(folder, cluster)
    project.edit("config.yaml", "seeds: [0, 1, 2]", "seeds: [0, 1]")
    # Each run is a job, as in the full preset.
    project.edit("workflow/rules/problems.smk", "if len(each) > 1 and", "if False and")
    # What the job on the GPU is told of it.
    project.edit(
        "workflow/problems/csci5527_hw2/p2_scalar_ad/solve.py", "with script.run(snakemake)",
        "import os\n\nfrom pathlib import Path\n\nPath('seen.txt').write_text("
        "os.environ.get('CUDA_VISIBLE_DEVICES', 'nothing'))\n\nwith script.run(snakemake)",
    )  # fmt: skip
    project.submit(
        *(f"results/{name}.pdf" for name in SETS), *SOON,
        "--set-resources", f"{CHEAP}:gpu=1", "--set-threads", f"{CHEAP}=2",
        "--slurm-array-jobs", ",".join(BEANS),
        config=(
            *QUICK[:2], f"data={{source: standin, scratch: {folder}/node}}", "device=cpu",
            f"sets=[{', '.join(SETS)}]",
        ),
    )  # fmt: skip
    return project


def test_two_sets_run_through_the_cluster(two_sets):
    """Heavy rules there, light ones not at all, to the PDF."""
    for name in SETS:
        assert (two_sets.folder / f"results/{name}.pdf").stat().st_size > 50_000
    jobs = two_sets.submitted()
    rules = {rule_of(job) for job in jobs}
    assert {job["JobState"] for job in jobs} == {"COMPLETED"}
    heavy = {rule for rule in declared(two_sets) if "_notebook" not in rule}
    # Downloads, drawing and rendering stayed where Snakemake was started.
    assert rules == heavy


def test_each_job_gets_the_partition_cpus_memory_and_time_that_it_declares(two_sets):
    by_rule = defaultdict(list)
    for job in two_sets.submitted():
        by_rule[rule_of(job)].append(job)
    (on_gpu,) = by_rule.pop(CHEAP)
    assert on_gpu["NumCPUs"] == "2"
    for rule, (threads, mem_mb, runtime) in declared(two_sets).items():
        for job in by_rule.get(rule, []):
            assert job["Partition"] == "cpu", rule
            assert job["NodeList"] in ("cpu1", "cpu2"), rule
            assert "TresPerJob" not in job, rule
            assert job["NumCPUs"] == threads, rule
            assert memory(job) == mem_mb, rule
            assert minutes(job["TimeLimit"]) == runtime, rule


def test_a_job_with_a_gpu_gets_it_and_sees_it(two_sets):
    (job,) = [job for job in two_sets.submitted() if rule_of(job) == CHEAP]
    assert job["Partition"] == "gpu"
    assert job["NodeList"] == "gpu1"
    assert "gpu:1" in job["TresPerJob"]
    assert (two_sets.folder / "seen.txt").read_text() == "0"  # CUDA_VISIBLE_DEVICES


def test_many_runs_of_one_rule_are_one_array(two_sets):
    arrays = defaultdict(set)
    for job in two_sets.submitted():
        if rule_of(job) in BEANS:
            arrays[rule_of(job)].add((job["ArrayJobId"], job["ArrayTaskId"]))
    assert set(arrays) == set(BEANS)
    for tasks in arrays.values():
        assert len(tasks) == 2
        assert len({number for number, _ in tasks}) == 1


def test_logs_of_successful_jobs_are_found_by_the_name_of_the_rule(two_sets):
    for job in two_sets.submitted():
        logs = two_sets.folder / "results/logs/slurm" / f"rule_{rule_of(job)}"
        number = job.get("ArrayJobId", job["JobId"])
        assert list(logs.glob(f"**/{number}*.log")), rule_of(job)


def test_data_are_copied_near_to_the_node(two_sets):
    for dataset in ("dry_bean", "bloodmnist"):
        copies = list((two_sets.folder / "node").rglob(f"results/data/{dataset}/train.npz"))
        (original,) = two_sets.folder.glob(f"results/data/{dataset}/train.npz")
        assert [copy.read_bytes() for copy in copies] == [original.read_bytes()]


def test_lost_jobs_are_tried_again(project, cluster):
    """One is cancelled, one loses its node; the run ends all the same."""
    project.edit(
        "workflow/problems/cs7643_ps2/p1_collaborators/solve.py", "with script.run(snakemake)",
        "import time\nfrom pathlib import Path\n\nwhile not Path('go').exists():\n"
        "    time.sleep(0.2)\n\nwith script.run(snakemake)",
    )  # fmt: skip
    target = "results/cs7643_ps2/p1_collaborators/metrics.json"
    rule = "cs7643_ps2_p1_collaborators"
    run = project.start(target, *SOON, "--retries", "3")
    try:
        first = cluster.wait_for_job(rule)
        cluster.command("scancel", first["JobId"])
        cluster.wait_for_job(rule, "CANCELLED")
        second = cluster.wait_for_job(rule)
        node = second["NodeList"]
        cluster.command("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
        cluster.wait_for_job(rule, "NODE_FAIL")
        (project.folder / "go").touch()
        assert run.wait(timeout=600) == 0, (project.folder / "run.log").read_text()[-3000:]
        cluster.command("scontrol", "update", f"nodename={node}", "state=resume")
    finally:
        run.kill()
    states = [job["JobState"] for job in project.submitted()]
    assert states == ["CANCELLED", "NODE_FAIL", "COMPLETED"]
    assert (project.folder / target).is_file()


def test_a_job_that_exceeds_its_memory_gets_more(project):
    problem = "cs7643_ps2/p1_collaborators"
    project.edit(
        f"workflow/problems/{problem}/solve.py", "with script.run(snakemake)",
        "hoard = bytearray(600_000_000)\nimport time\ntime.sleep(3)\n\nwith script.run(snakemake)",
    )  # fmt: skip
    project.submit(f"results/{problem}/metrics.json", *SOON)
    jobs = [(job["JobState"], memory(job)) for job in project.submitted()]
    assert jobs[0] in [("FAILED", 500), ("OUT_OF_MEMORY", 500)]
    assert jobs[-1][0] == "COMPLETED"
    assert [amount for _, amount in jobs] == [500 * n for n in range(1, len(jobs) + 1)]


def test_the_profile_looks_after_a_short_job_before_forty_seconds(project):
    """As the profile is: from the end of the job to the end of the run."""
    project.submit("results/cs7643_ps2/p1_collaborators/metrics.json")
    ended = time.time()
    (job,) = project.submitted()
    assert ended - datetime.fromisoformat(job["EndTime"]).timestamp() < 25
