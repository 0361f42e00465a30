"""Sweeps: one run repeated over a grid of its parameters, and what comes out of it.

Nothing here trains, and PyTorch is not imported: Snakemake reads the grids before its first job.
The trainings themselves are in the problems' folders.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from itertools import product
from typing import Any

from proofsheet.jobs.errors import UserError
from proofsheet.learning.transfer_strategy import Strategy, changed
from proofsheet.sweeps.registry import SWEEPABLE

Run = dict[str, Any]
"""A value for each parameter in the grid."""

MOST_RUNS = 100_000
TRANSFER = "csci5527_hw3/p4_transfer_train"
START = "frozen"
"""The strategy of a transfer where none is swept."""
_OF_A_STRATEGY = {field.name for field in fields(Strategy)}


def checked_sweeps(sweeps: Mapping[str, Any], strategies: Mapping[str, Any]) -> dict[str, Any]:
    """The sweeps of `config.yaml`, with `runs_per_job`, if each can be made.

    Args:
        sweeps: by name: `run`, `grid` and, if it is not to be the run's own, `runs_per_job`.
        strategies: `config.yaml: transfer.strategies`, which the transfer to radiographs may name.

    Raises:
        UserError: an unknown run or parameter, a value that it cannot have, values that do not go
            together, too many runs.
    """
    checked = {}
    for name, sweep in sweeps.items():
        key, run, grid = f"config.yaml: sweeps.{name}", sweep["run"], sweep["grid"]
        if run not in SWEEPABLE:
            raise UserError(f"{key}.run: {run!r} cannot be swept; allowed: {', '.join(SWEEPABLE)}")
        _check_values(key, run, grid)
        count = math.prod(len(values) for values in grid.values())
        if count > MOST_RUNS:
            raise UserError(f"{key}.grid has {count:,} runs; allowed: {MOST_RUNS:,} at most")
        runs = expand(grid)
        if len(set(map(run_id, runs))) < count:
            raise UserError(f"{key}.grid: a value is listed twice; list it once")
        for one in runs:
            _check_together(f"{key}.grid", one, SWEEPABLE[run].only_with)
            if run == TRANSFER:
                _check_transfer(f"{key}.grid", one, strategies)
        size = sweep.get("runs_per_job") or SWEEPABLE[run].runs_per_job
        checked[name] = {**sweep, "runs_per_job": size}
    return checked


def _check_values(key: str, run: str, grid: Mapping[str, Sequence[Any]]) -> None:
    """Has the run these parameters, and may they have these values?"""
    parameters = SWEEPABLE[run].parameters
    for parameter, values in grid.items():
        if parameter not in parameters:
            raise UserError(
                f"{key}.grid: {parameter!r} is not a parameter of {run};"
                f" allowed: {', '.join(parameters)}"
            )
        for value in values:
            if not parameters[parameter].allows(value):
                # YAML reads 1e-3 as a text.
                hint = " (write 1e-3 as 0.001)" if _number_as_text(value) else ""
                raise UserError(
                    f"{key}.grid.{parameter}: {value!r} is not allowed{hint};"
                    f" allowed: {parameters[parameter].words}"
                )


def _number_as_text(value: Any) -> bool:
    try:
        return isinstance(value, str) and math.isfinite(float(value))
    except ValueError:
        return False


def _check_together(key: str, run: Run, only_with: Mapping[str, tuple[str, Any]]) -> None:
    """Does every parameter change something, given the others?"""
    for parameter, (other, value) in only_with.items():
        if parameter in run and run.get(other) != value:
            raise UserError(
                f"{key}.{parameter}: it changes nothing without {other}: {value};"
                f" sweep it with `{other}: [{value}]`, or leave it out"
            )


def _check_transfer(key: str, run: Run, strategies: Mapping[str, Any]) -> None:
    """Is there such a strategy, and do its numbers go together?"""
    name = run.get("strategy", START)
    if name not in strategies:
        raise UserError(
            f"{key}.strategy: {name!r} is not a strategy; allowed: {', '.join(strategies)}"
            " (config.yaml: transfer.strategies)"
        )
    settings = {key: value for key, value in run.items() if key in _OF_A_STRATEGY}
    changed(name, strategies[name], settings, f"{key}: {run_id(run)} (strategy {name})")


def strategies_swept(sweep: Mapping[str, Any]) -> list[str]:
    """The strategies of transfer that a sweep starts from; none if it trains something else."""
    return list(sweep["grid"].get("strategy", [START])) if sweep["run"] == TRANSFER else []


def expand(grid: Mapping[str, Sequence[Any]]) -> list[Run]:
    """Every combination of the values, the last parameter changing fastest."""
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


def run_id(run: Run) -> str:
    """A file name of one run, whatever else is in the grid: `learning_rate-0.01_seed-3`."""
    return "_".join(f"{name}-{shown(value)}" for name, value in sorted(run.items()))


def shown(value: Any) -> str:
    """A parameter's value in a name or a table: 0.01, adam, 64x64."""
    if isinstance(value, list):
        return "x".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def files_of(name: str, runs: Iterable[Run]) -> list[str]:
    """Where the results of runs are."""
    return [f"results/sweeps/{name}/runs/{run_id(run)}.json" for run in runs]


def chunks(sweep: Mapping[str, Any]) -> list[list[Run]]:
    """The runs of each job, `runs_per_job` at most."""
    runs, size = expand(sweep["grid"]), sweep["runs_per_job"]
    return [runs[first : first + size] for first in range(0, len(runs), size)]


def aggregated(results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Mean and spread over the seeds of each setting, in the order of the grid.

    Returns:
        Per setting `parameters` without the seed, `runs`, and per metric `mean`, `deviation` (of
        a sample; null for one run), `low` and `high`; all four are null where the metric of a
        run is: a training that diverged has no loss.
    """
    groups: dict[str, tuple[Run, list[Mapping[str, float | None]]]] = {}
    for result in results:
        setting = {k: v for k, v in result["parameters"].items() if k != "seed"}
        groups.setdefault(run_id(setting), (setting, []))[1].append(result["metrics"])
    return [
        {
            "parameters": setting,
            "runs": len(measured),
            "metrics": {key: _spread([m[key] for m in measured]) for key in measured[0]},
        }
        for setting, measured in groups.values()
    ]


def _spread(values: Sequence[float | None]) -> dict[str, float | None]:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return dict.fromkeys(("mean", "deviation", "low", "high"))
    return {
        "mean": statistics.fmean(known),
        "deviation": statistics.stdev(known) if len(known) > 1 else None,
        "low": min(known),
        "high": max(known),
    }
