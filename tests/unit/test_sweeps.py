"""Grids, names of runs, mistakes in them, and what is aggregated."""

from __future__ import annotations

import pytest

from proofsheet.errors import UserError
from proofsheet.sweep_runs import RUNS
from proofsheet.sweeps import SWEEPABLE, aggregated, checked_sweeps, chunks, expand, run_id

BEANS = "csci5527_hw2/p4_dry_beans_mlp"


def sweep(**grid):
    return {"beans": {"run": BEANS, "grid": grid, "runs_per_job": 4}}


def test_every_run_that_may_be_named_exists():
    assert set(SWEEPABLE) == set(RUNS)


def test_a_grid_is_every_combination_with_names_of_their_own():
    runs = expand({"hidden": [[8], [8, 8]], "learning_rate": [0.001, 0.1], "seed": [0, 1, 2]})
    assert len(runs) == 12
    assert runs[0] == {"hidden": [8], "learning_rate": 0.001, "seed": 0}
    assert len(set(map(run_id, runs))) == 12
    assert run_id(runs[-1]) == "hidden-8x8_learning_rate-0.1_seed-2"


def test_jobs_hold_each_run_once():
    one = sweep(seed=list(range(10)))["beans"]
    assert [len(part) for part in chunks(one)] == [4, 4, 2]
    assert [run for part in chunks(one) for run in part] == expand(one["grid"])


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        ({"momentum": [0.9]}, "'momentum' is no parameter of"),
        ({"learning_rate": ["1e-3"]}, "write 1e-3 as 0.001"),
        ({"seed": [True]}, "True is not allowed; allowed: whole numbers from 0"),
        ({"seed": [-1]}, "-1 is not allowed"),
        ({"features": ["nine"]}, "allowed: sixteen, six"),
        ({"hidden": [[]]}, "lists of one to eight whole numbers"),
        ({"dropout": [1, 0.5][:1]}, "numbers from 0 to 0.9"),
        ({"learning_rate": [1, 1.0]}, "listed twice"),
        ({"seed": list(range(1000)), "batch": list(range(1, 102))}, "100,000 at most"),
    ],
)
def test_a_mistake_is_told_in_one_line(grid, told):
    with pytest.raises(UserError) as error:
        checked_sweeps(sweep(**grid))
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_run_is_told():
    with pytest.raises(UserError, match="cannot be swept; allowed: csci5527_hw2"):
        checked_sweeps({"a": {"run": "dl_hw1/p1_softmax", "grid": {"seed": [0]}}})


def test_spread_is_over_the_seeds():
    results = [
        {"parameters": {"batch": batch, "seed": seed}, "metrics": {"loss": batch + seed}}
        for batch in (8, 16)
        for seed in (0, 2)
    ]
    first, second = aggregated(results)
    assert first["parameters"] == {"batch": 8}
    assert first["runs"] == 2
    assert first["metrics"]["loss"] == {"mean": 9, "deviation": 2**0.5, "low": 8, "high": 10}
    assert second["metrics"]["loss"]["mean"] == 17
    assert aggregated(results[:1])[0]["metrics"]["loss"]["deviation"] is None
