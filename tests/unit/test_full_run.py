"""What a benchmark says of a finished run: its critical path, and its time on more cores."""

from __future__ import annotations

import runpy

import pytest

from workflow_project import ROOT

benchmark = runpy.run_path(str(ROOT / "benchmarks/full_run.py"))
Job = benchmark["Job"]


def job(name: str, seconds: float, inputs: str = ""):
    return Job(name, seconds, frozenset(inputs), frozenset(name))


# d waits for b and c, which wait for a; e for nothing.
JOBS = [job("a", 1), job("b", 2, "a"), job("c", 5, "a"), job("d", 1, "bc"), job("e", 6)]


def test_the_critical_path_is_the_longest_chain():
    path = max(benchmark["chains"](JOBS).values(), key=benchmark["seconds_of"])
    assert [one.name for one in path] == ["a", "c", "d"]


@pytest.mark.parametrize(("cores", "seconds"), [(1, 15), (2, 9), (3, 7), (8, 7)])
def test_a_run_on_more_cores_ends_when_its_jobs_allow(cores, seconds):
    assert benchmark["makespan"](JOBS, cores) == seconds
