"""What a benchmark says of a finished run: its critical path, and its time on more cores."""

import json
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


def test_a_training_has_its_share_of_the_peak_and_what_binds_it(tmp_path, capsys, monkeypatch):
    # One core: 2 · 512³ operations in 2 ms, or in 1.
    times = {"float32": 2, "bfloat16": 1}
    monkeypatch.setitem(
        benchmark["show_trainings"].__globals__, "reference", lambda kind, rows: times[kind]
    )
    peak = 2 * 512**3 / 2e-3
    told = {
        "fast": {"seconds": 10, "bfloat16": 12 * peak, "products": 10},
        "few": {"seconds": 10, "float32": peak, "products": 3000},
        "small": {"seconds": 10, "float32": peak, "products": 4000},
        "short": {"seconds": 4, "float32": peak, "products": 10},
        "numpy": {},
    }
    for name, facts in told.items():
        log = tmp_path / f"results/logs/{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"12:00:00 operations: {json.dumps(facts)}" if facts else "12:00:00 done")
    benchmark["show_trainings"](tmp_path, [job(name, 11) for name in told])
    rows = capsys.readouterr().out.splitlines()[3:]
    assert [row.split()[6:] for row in rows] == [
        ["60%", "fast"], ["10%", "memory", "few"], ["10%", "small", "products", "small"],
        ["25%", "start,", "data", "short"],
    ]  # fmt: skip
