"""Grids, names of runs, mistakes in them, and what is aggregated, tabulated and drawn."""

from __future__ import annotations

import itertools

import pytest

from proofsheet.jobs.errors import UserError
from proofsheet.sweeps.figure import draw
from proofsheet.sweeps.grid import (
    aggregated,
    checked_sweeps,
    chunks,
    expand,
    run_id,
    strategies_swept,
)
from proofsheet.sweeps.registry import SWEEPABLE
from proofsheet.sweeps.table import table

CIFAR = "cs7643_ps2/p7_cifar10_train"
BEANS, TRANSFER = "csci5527_hw2/p4_dry_beans_mlp", "csci5527_hw3/p4_transfer_train"
STRATEGIES = {
    "frozen": {"initial": "pretrained", "blocks": 9, "frozen": 9},
    "truncated": {"initial": "pretrained", "blocks": 6, "frozen": 0},
    "scratch": {"initial": "random"},
}


def sweep(run=BEANS, **grid):
    return {"beans": {"run": run, "grid": grid, "runs_per_job": 4}}


def results(metric=lambda run: 0.5, **grid):
    """What the runs of a grid might have written."""
    return [
        {"parameters": run, "metrics": {"validation_accuracy": metric(run), "validation_loss": 1.0}}
        for run in expand(grid)
    ]


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


def test_jobs_are_as_large_as_the_run_is_small():
    """Who does not say gets what suits the run; who does gets that."""
    sweeps = {
        "small": {"run": BEANS, "grid": {"seed": [0]}},
        "large": {"run": TRANSFER, "grid": {"seed": [0]}},
        "said": {"run": TRANSFER, "grid": {"seed": [0]}, "runs_per_job": 7},
    }
    checked = checked_sweeps(sweeps, STRATEGIES)
    assert [checked[name]["runs_per_job"] for name in sweeps] == [25, 1, 7]


def test_a_sweep_hangs_on_the_strategies_that_it_trains_and_no_others():
    named = [sweep(run, **grid)["beans"] for run, grid in (
        (BEANS, {"seed": [0]}), (TRANSFER, {"seed": [0]}), (TRANSFER, {"strategy": ["scratch"]}),
    )]  # fmt: skip
    assert list(map(strategies_swept, named)) == [[], ["frozen"], ["scratch"]]


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        ({"momentum": [0.9]}, "'momentum' is not a parameter of"),
        ({"learning_rate": ["1e-3"]}, "write 1e-3 as 0.001"),
        ({"learning_rate": [float("nan")]}, "nan is not allowed"),
        ({"seed": [True]}, "True is not allowed; allowed: whole numbers from 0"),
        ({"seed": [-1]}, "-1 is not allowed"),
        ({"features": ["nine"]}, "allowed: sixteen, six, whitened"),
        ({"features": [["six"]]}, "allowed: sixteen, six, whitened"),
        ({"hidden": [[]]}, "lists of one to eight whole numbers"),
        ({"dropout": [1, 0.5][:1]}, "numbers from 0 to 0.9"),
        ({"learning_rate": [1, 1.0]}, "listed twice"),
        ({"seed": list(range(1000)), "batch": list(range(1, 102))}, "100,000 at most"),
        ({"run": CIFAR, "muon": [0.1], "network": ["own", "two_layer"]}, "changes nothing without"),
        ({"run": CIFAR, "muon_decay": [0.1]}, "sweep it with `network: [own]`"),
        ({"run": CIFAR, "images": [50_000]}, "whole numbers from 100 to 45000"),
        ({"run": TRANSFER, "strategy": ["thawed"]}, "allowed: frozen, truncated, scratch"),
        ({"run": TRANSFER, "strategy": [1]}, "1 is not allowed"),
        (
            {"run": TRANSFER, "strategy": ["frozen"], "blocks": [9, 6]},
            "blocks-6_strategy-frozen (strategy frozen): frozen is 9, but blocks is 6",
        ),
        ({"run": TRANSFER, "strategy": ["scratch"], "frozen": [1]}, "freezes 1 random blocks"),
        ({"run": TRANSFER, "frozen": [7], "blocks": [6]}, "frozen is 7, but blocks is 6"),
    ],
)
def test_a_mistake_is_told_in_one_line(grid, told):
    with pytest.raises(UserError) as error:
        checked_sweeps(sweep(**grid), STRATEGIES)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_run_is_told():
    with pytest.raises(UserError, match="cannot be swept; allowed: csci5527_hw2"):
        checked_sweeps(sweep(run="dl_hw1/p1_softmax", seed=[0]), STRATEGIES)


def test_spread_is_over_the_seeds():
    found = results(lambda run: run["batch"] + run["seed"], batch=[8, 16], seed=[0, 2])
    first, second = aggregated(found)
    assert first["parameters"] == {"batch": 8}
    assert first["runs"] == 2
    spread = {"mean": 9, "deviation": 2**0.5, "low": 8, "high": 10}
    assert first["metrics"]["validation_accuracy"] == spread
    assert second["metrics"]["validation_accuracy"]["mean"] == 17
    assert aggregated(found[:1])[0]["metrics"]["validation_accuracy"]["deviation"] is None


def per_cent(number):
    return f"{number}\N{NO-BREAK SPACE}%"


def test_the_table_names_what_was_varied_and_marks_standins():
    settings = aggregated(results(hidden=[[8], [8, 8]], features=["six"], seed=[0, 1]))
    header, rows, align = table(settings, mark="†")
    assert align == "llrrrrr"
    assert header[:3] == ["hidden", "features", "Runs"]
    assert rows[1][:4] == ["8x8", "six", "2", per_cent("50.00") + "†"]


def drawn(settings):
    """The plot's axes, and the label and points of each of its lines."""
    axes = draw(settings).axes[0]
    lines = {bars.get_label(): bars.lines[0].get_xydata().tolist() for bars in axes.containers}
    return axes, lines


def test_numbers_are_to_scale_and_names_side_by_side():
    grid = {"learning_rate": [0.01, 0.001, 0.1], "features": ["six", "sixteen"], "seed": [0, 1]}
    settings = aggregated(results(lambda run: run["learning_rate"], **grid))
    axes, lines = drawn(settings)
    assert axes.get_xlabel() == "learning rate"
    assert axes.get_xscale() == "log"
    assert set(lines) == {"six", "sixteen"}
    # In ascending order, in per cent.
    assert lines["six"][0] == pytest.approx([0.001, 0.1])
    assert lines["six"][2] == pytest.approx([0.1, 10])

    settings = aggregated(results(optimizer=["adam", "rmsprop"], seed=[0, 1]))
    axes, _ = drawn(settings)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["adam", "rmsprop"]


def test_bars_are_one_deviation_each_way():
    axes, _ = drawn(aggregated(results(lambda run: run["seed"] / 10, seed=[1, 3])))
    (bars,) = axes.containers
    ((_, low), (_, high)) = bars.lines[2][0].get_segments()[0]
    assert (low, high) == pytest.approx((20 - 2**0.5 * 10, 20 + 2**0.5 * 10))


def test_two_long_parameters_make_a_map():
    grid = {"batch": [1, 2, 4, 8, 16, 32, 64, 128], "epochs": list(range(1, 10))}
    settings = aggregated(results(lambda run: run["batch"] / 1000 + run["epochs"] / 100, **grid))
    (image,) = draw(settings).axes[0].images
    assert image.get_array().shape == (8, 9)
    assert image.get_array()[3, 8] == pytest.approx(100 * (0.008 + 0.09))


@pytest.mark.parametrize("widths", list(itertools.product((1, 8), repeat=3)))
def test_every_grid_can_be_drawn(widths, tmp_path):
    names = [f"n{'x' * k}" for k in range(9)]
    grid = {"optimizer": names, "learning_rate": [10.0**-k for k in range(9)], "nesterov": names}
    grid = {
        name: values[:count] for (name, values), count in zip(grid.items(), widths, strict=True)
    }
    draw(aggregated(results(**grid))).savefig(tmp_path / "figure.svg")


def test_every_run_says_how_long_and_how_large_it_is():
    for name, entry in SWEEPABLE.items():
        assert entry.parameters, name
        assert entry.runs_per_job <= 25
        assert "seed" in entry.parameters, name
