"""Where the time of a full run goes: by problem, by chain, and by what the processor can do.

    python benchmarks/full_run.py [FOLDER]          of the finished run in FOLDER, or in this one
    python benchmarks/full_run.py FOLDER EARLIER    beside the seconds of an earlier run, by problem
    python benchmarks/full_run.py --run             of a run that is made now, in a new checkout

Seconds are those of the jobs' benchmarks, and what waits for what is read from Snakemake's records.
A reference, a fixed matrix product on one core, is timed before, once a minute during the run and
after it: where its times differ, something else used the machine, and the run's times say little.

The peak of one core is that of a smaller such product, measured when the table of trainings is
printed, in float32 and in bfloat16: the shares hold for the processor at hand alone.
Operations are those of matrix products and convolutions, as `learning.operations` counts them.
"""

from __future__ import annotations

import argparse
import base64
import csv
import heapq
import json
import os
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
KINDS = ("float32", "bfloat16")
# The peak is that of products that end before the scheduler gives the core to a neighbor.
PEAK_ROWS = 512
OPERATIONS = re.compile(r"operations: (\{.*\})")
# The checkout is made as in the tests.
sys.path.insert(0, str(ROOT / "tests"))

from workflow_project import copy_of_checkout  # noqa: E402


@dataclass(frozen=True)
class Job:
    """One job of a finished run: its seconds, and the files that it read and made."""

    name: str
    seconds: float
    inputs: frozenset[str]
    outputs: frozenset[str]


def jobs_of(folder: Path) -> list[Job]:
    """The jobs whose records are in `.snakemake/metadata`, each with its benchmark."""
    found: dict[str, dict] = {}
    records = folder / ".snakemake/metadata"
    for path in records.rglob("*"):
        if path.is_file():
            record = json.loads(path.read_text(encoding="utf-8"))
            if record.get("log") and not record.get("incomplete"):
                found.setdefault(record["log"][0], record | {"outputs": set()})
                found[record["log"][0]]["outputs"].add(_output(path.relative_to(records)))
    jobs = []
    for log, record in found.items():
        name = log.removeprefix("results/logs/").removesuffix(".log")
        benchmark = folder / f"results/benchmarks/{name}.tsv"
        if benchmark.is_file():
            with benchmark.open(encoding="utf-8", newline="") as file:
                (row,) = csv.DictReader(file, delimiter="\t")
            inputs, outputs = frozenset(record["input"]), frozenset(record["outputs"])
            jobs.append(Job(name, float(row["s"]), inputs, outputs))
    return jobs


def _output(record: Path) -> str:
    """The output that a record is about: its name in base 64, cut into folders where it is long."""
    return base64.b64decode("".join(part.removeprefix("@") for part in record.parts)).decode()


def waits_for(jobs: list[Job]) -> dict[str, set[str]]:
    """The names of the jobs whose outputs a job reads."""
    maker = {path: job.name for job in jobs for path in job.outputs}
    return {
        job.name: {maker[path] for path in job.inputs if path in maker} - {job.name} for job in jobs
    }


def chains(jobs: list[Job]) -> dict[str, list[Job]]:
    """By job, the chain that takes longest from its start to the end of the run."""
    by_name, before = {job.name: job for job in jobs}, waits_for(jobs)
    found: dict[str, list[Job]] = {job.name: [job] for job in jobs}
    for name in reversed(list(TopologicalSorter(before).static_order())):
        for other in before[name]:
            found[other] = max(found[other], [by_name[other], *found[name]], key=seconds_of)
    return found


def seconds_of(jobs: list[Job]) -> float:
    return sum(job.seconds for job in jobs)


def makespan(jobs: list[Job], cores: int) -> float:
    """Seconds that a run would take: free cores take the ready job with the longest chain."""
    ahead = chains(jobs)
    by_name = {job.name: job for job in jobs}
    sorter = TopologicalSorter(waits_for(jobs))
    sorter.prepare()
    ready: list[str] = []
    running: list[tuple[float, str]] = []
    now, free = 0.0, cores
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=lambda name: -seconds_of(ahead[name]))
        for name in ready[:free]:
            heapq.heappush(running, (now + by_name[name].seconds, name))
        ready, free = ready[free:], max(free - len(ready), 0)
        now, done = heapq.heappop(running)
        free += 1
        sorter.done(done)
    return now


def reference(kind: str = "float32", rows: int = 1024) -> float:
    """Milliseconds of a product of two square matrices on one core."""
    import torch  # seconds, which only what needs it has to wait for

    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("medium")  # as in the trainings
    matrix = torch.ones(rows, rows, dtype=getattr(torch, kind))
    began = time.perf_counter()
    matrix @ matrix
    return (time.perf_counter() - began) * 1000


def make(folder: Path) -> None:
    """Make a full run in a new checkout, with real data where PROOFSHEET_MIRROR has them."""
    project, ended = copy_of_checkout(folder), threading.Event()
    times = [min(reference() for _ in range(20))]

    def watch() -> None:
        while not ended.wait(60):
            times.append(min(reference() for _ in range(5)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    mirror = os.environ.get("PROOFSHEET_MIRROR", "")
    run = project.snakemake("--config", "preset=full", f"data={{mirror: {mirror!r}}}", timeout=7200)
    took = time.perf_counter() - began
    ended.set()
    watcher.join()
    times.append(min(reference() for _ in range(20)))
    if run.returncode:
        sys.exit(run.stdout[-3000:])
    print(f"two cores took {took / 60:.1f} min; the reference took, before, during and after it:")
    print(", ".join(f"{milliseconds:.0f}" for milliseconds in times), "ms")


def binding(job: Job, seconds: float, at_peak: float, products: int) -> str:
    """What a training waits for besides its operations, which take `at_peak` seconds at the peak.

    `memory`: convolutions of few channels, activations, normalization, pooling.
    """
    if at_peak >= seconds / 2:
        return ""
    if seconds < job.seconds / 2:
        return "start, data"
    return "small products" if at_peak < 0.3e-3 * products else "memory"


def show_trainings(folder: Path, jobs: list[Job]) -> None:
    """Print each training's operations, speed, share of the peak of one core, and its limit."""
    best = {kind: min(reference(kind, PEAK_ROWS) for _ in range(200)) for kind in KINDS}
    peaks = {kind: 2e-6 * PEAK_ROWS**3 / best[kind] for kind in KINDS}
    said = ", ".join(f"{giga:.0f} GFLOP/s in {kind}" for kind, giga in peaks.items())
    print(f"\nTrainings by their products and convolutions; one core does {said}:")
    print("     job  training     TFLOP  GFLOP/s  share  bound by")
    for job in sorted(jobs, key=lambda job: -job.seconds):
        log = folder / f"results/logs/{job.name}.log"
        told = OPERATIONS.search(log.read_text(encoding="utf-8")) if log.is_file() else None
        if told:
            facts = json.loads(told[1])
            giga = {kind: facts.get(kind, 0) / 1e9 for kind in KINDS}
            seconds, total = max(facts["seconds"], 0.1), sum(giga.values())
            if total < 1:
                continue  # its products are in NumPy, or before the training
            at_peak = sum(giga[kind] / peaks[kind] for kind in KINDS)
            print(
                f"{job.seconds:6.0f} s {seconds:7.0f} s {total / 1e3:9.2f}{total / seconds:9.1f}"
                f"{at_peak / seconds:7.0%}"
                f"  {binding(job, seconds, at_peak, facts.get('products', 0)):15}{job.name}"
            )


def by_problem(jobs: list[Job]) -> Counter[str]:
    """Job-seconds by problem, the notebooks of all sets together."""
    seconds: Counter[str] = Counter()
    for job in jobs:
        parts = job.name.split("/")
        seconds["notebooks" if parts[0] == "notebooks" else "/".join(parts[:2])] += job.seconds
    return seconds


def show(folder: Path, earlier: Path | None = None) -> None:
    """Print the tables, the critical path and what eight cores would take."""
    jobs = jobs_of(folder)
    seconds, before = by_problem(jobs), by_problem(jobs_of(earlier)) if earlier else None
    print(f"{seconds.total():,.0f} job-seconds" + (f" ({before.total():,.0f})" if before else ""))
    for name in sorted(seconds | (before or {}), key=lambda name: -seconds[name]):
        was = f" ({before[name]:7,.0f} s)" if before else ""
        print(f"{seconds[name]:8,.0f} s{was}  {name}")
    path = max(chains(jobs).values(), key=seconds_of)
    print(f"\nThe critical path, {seconds_of(path):.0f} s:")
    for job in path:
        print(f"{job.seconds:8.1f} s  {job.name}")
    for cores in (2, 8):
        print(f"--cores {cores} would take {makespan(jobs, cores):.0f} s, by these times")
    longest = sorted(jobs, key=lambda job: job.seconds)[:-11:-1]
    print("the longest:", ", ".join(f"{job.name} {job.seconds:.0f} s" for job in longest))
    show_trainings(folder, jobs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("earlier", nargs="?", type=Path)
    parser.add_argument("--run", action="store_true")
    given = parser.parse_args()
    if given.run and given.folder:
        parser.error("--run makes a new folder; leave out FOLDER")
    if given.run:
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder))
            show(Path(folder))
        return
    folders = [folder for folder in (given.folder or ROOT, given.earlier) if folder]
    for folder in folders:
        if not jobs_of(folder):
            parser.error(f"{folder} has no finished run; run `make report` there, or use --run")
    show(*folders)


if __name__ == "__main__":
    main()
