"""Sweeps: one run repeated over a grid of its parameters, and what comes out of it.

Nothing here trains, and PyTorch is not imported: Snakemake reads the grids before its first job.
The trainings themselves are in `sweep_runs`.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from proofsheet.errors import UserError

Run = dict[str, Any]
"""A value for each parameter in the grid."""

MOST_RUNS = 100_000


@dataclass(frozen=True)
class Kind:
    """What a parameter may be: in words, and as a test."""

    words: str
    allows: Callable[[Any], bool]


def _whole(low: int, high: int) -> Kind:
    return Kind(
        f"whole numbers from {low} to {high}",
        lambda v: isinstance(v, int) and not isinstance(v, bool) and low <= v <= high,
    )


def _number(low: float, high: float) -> Kind:
    return Kind(
        f"numbers from {low:g} to {high:g}",
        lambda v: isinstance(v, int | float) and not isinstance(v, bool) and low <= v <= high,
    )


def _one_of(*names: str) -> Kind:
    return Kind(", ".join(names), lambda v: v in names)


_SEED, _RATE = _whole(0, 2**31 - 1), _number(1e-8, 10)
_WIDTHS = Kind(
    "lists of one to eight whole numbers from 1 to 4096, such as [64, 64]",
    lambda v: (
        isinstance(v, list) and 1 <= len(v) <= 8 and all(_whole(1, 4096).allows(w) for w in v)
    ),
)


@dataclass(frozen=True)
class Sweepable:
    """A run that can be swept: its data, and what each of its parameters may be."""

    dataset: str
    parameters: Mapping[str, Kind]


SWEEPABLE: Mapping[str, Sweepable] = {
    "csci5527_hw2/p4_dry_beans_mlp": Sweepable(
        "dry_bean",
        {
            "seed": _SEED,
            "learning_rate": _RATE,
            "weight_decay": _number(0, 10),
            "dropout": _number(0, 0.9),
            "hidden": _WIDTHS,
            "features": _one_of("sixteen", "six"),
            "epochs": _whole(1, 1000),
            "batch": _whole(1, 8192),
            "members": _whole(1, 64),
        },
    ),
    "csci5527_hw3/p1_optimizers_train": Sweepable(
        "mnist",
        {
            "seed": _SEED,
            "optimizer": _one_of("adagrad", "rmsprop", "adam", "adamw"),
            "implementation": _one_of("ours", "builtin"),
            "learning_rate": _RATE,
            "images": _whole(100, 60_000),
            "epochs": _whole(1, 100),
        },
    ),
}
"""What `sweeps.<name>.run` may name, each with a function of its own in `sweep_runs`."""


def checked_sweeps(sweeps: Mapping[str, Any]) -> dict[str, Any]:
    """The sweeps of `config.yaml`, if each names a run and parameters that it has.

    Raises:
        UserError: an unknown run or parameter, a value that it cannot have, too many runs.
    """
    for name, sweep in sweeps.items():
        key = f"config.yaml: sweeps.{name}"
        if sweep["run"] not in SWEEPABLE:
            raise UserError(
                f"{key}.run: {sweep['run']!r} cannot be swept; allowed: {', '.join(SWEEPABLE)}"
            )
        parameters = SWEEPABLE[sweep["run"]].parameters
        for parameter, values in sweep["grid"].items():
            if parameter not in parameters:
                raise UserError(
                    f"{key}.grid: {parameter!r} is no parameter of {sweep['run']};"
                    f" allowed: {', '.join(parameters)}"
                )
            for value in values:
                if not parameters[parameter].allows(value):
                    # YAML reads 1e-3 as a text.
                    hint = " (write 1e-3 as 0.001)" if isinstance(value, str) else ""
                    raise UserError(
                        f"{key}.grid.{parameter}: {value!r} is not allowed{hint};"
                        f" allowed: {parameters[parameter].words}"
                    )
        count = math.prod(len(values) for values in sweep["grid"].values())
        if count > MOST_RUNS:
            raise UserError(f"{key}.grid has {count:,} runs; allowed: {MOST_RUNS:,} at most")
        if len(set(map(run_id, expand(sweep["grid"])))) < count:
            raise UserError(f"{key}.grid: a value is listed twice; list it once")
    return dict(sweeps)


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

    Args:
        results: of each run its `parameters` and its `metrics`.

    Returns:
        Per setting `parameters` without the seed, `runs`, and per metric `mean`, `deviation` (of
        a sample; null for one run), `low` and `high`.
    """
    groups: dict[str, tuple[Run, list[Mapping[str, float]]]] = {}
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


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    return {
        "mean": statistics.fmean(values),
        "deviation": statistics.stdev(values) if len(values) > 1 else None,
        "low": min(values),
        "high": max(values),
    }
