"""Read the results of the problems and the sources of their data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proofsheet.jobs.atomic_files import read_json
from proofsheet.report.sets import Problem, ProblemSet


@dataclass(frozen=True)
class Outcome:
    """The results of one problem.

    Attributes:
        folder: `results/<set>/<problem>`, where its figures and tables are.
        sources: the `source.json` of each of its datasets; one of them may be chosen by the run,
            which then names it in its metrics as `dataset`.
    """

    set: ProblemSet
    problem: Problem
    folder: Path
    metrics: dict[str, Any]
    checks: list[dict[str, Any]]
    sources: list[dict[str, Any]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """`<set>.<problem>`, with which its variables begin."""
        return f"{self.set.id}.{self.problem.id}"

    @property
    def standin(self) -> bool:
        """Whether any of its data are stand-ins."""
        return any(source.get("standin", False) for source in self.sources)


def read(results: Path, sets: list[ProblemSet]) -> list[Outcome]:
    """The outcome of every problem of `sets`, in their order.

    Raises:
        UserError: a file that is missing or not JSON.
    """
    return [
        _outcome(results, problem_set, problem)
        for problem_set in sets
        for problem in problem_set.problems.values()
    ]


def _outcome(results: Path, problem_set: ProblemSet, problem: Problem) -> Outcome:
    folder = results / problem_set.id / problem.id
    metrics = read_json(folder / "metrics.json")
    chosen = [metrics["dataset"]] if "dataset" in metrics else []
    return Outcome(
        problem_set,
        problem,
        folder,
        metrics,
        read_json(folder / "checks.json"),
        [
            read_json(results / "data" / name / "source.json")
            for name in dict.fromkeys([*problem.datasets, *chosen])
        ],
    )


def metric(metrics: dict[str, Any], key: str) -> Any:
    """The value under a dotted key such as `difference.a1_a2`.

    An element of a list is `runs.0` or, as variables have it, `runs.i0`.

    Raises:
        KeyError, IndexError, TypeError, ValueError: there is none.
    """
    value: Any = metrics
    for part in key.split("."):
        value = value[int(part.removeprefix("i"))] if isinstance(value, list) else value[part]
    return value
