"""Do the notebooks print the numbers of the report? `make verify`

A notebook prints a number under the name that it has in the problem's metrics.json:

    adam.test_accuracy = 99.11 %

Each such line must be the metric, rounded to the digits that are printed. Then each bar of the
report is printed with its value.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import nbformat

from proofsheet.jobs.atomic_files import read_json
from proofsheet.planning.config import read_yaml
from proofsheet.planning.submission import notebook_sources
from proofsheet.report import acceptance, results, sets

_LINE = re.compile(
    r"^(?P<name>[a-z_][\w.]*) = (?P<number>-?[\d,]+(?:\.\d+)?(?:e[+-]?\d+)?)(?P<percent> %)?$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Printed:
    """One number of a notebook, and the metric of that name (None: there is none)."""

    name: str
    text: str
    metric: float | None
    agrees: bool


def printed_numbers(
    notebook: nbformat.NotebookNode, metrics: Mapping[str, Any]
) -> Iterator[Printed]:
    """The numbers that an executed notebook prints under names, each beside its metric."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for match in _LINE.finditer(output.get("text", "")):
                metric = _metric(metrics, match["name"])
                text = match["number"] + (match["percent"] or "")
                yield Printed(match["name"], text, metric, _agrees(match, metric))


def _metric(metrics: Mapping[str, Any], name: str) -> float | None:
    """The number under a dotted name; places in a list count from 0."""
    try:
        value = results.metric(metrics, name)
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number else None


def _agrees(match: re.Match[str], metric: float | None) -> bool:
    """Is the printed number the metric to its last digit? A tie may go either way."""
    if metric is None:
        return False
    number = Decimal(match["number"].replace(",", ""))
    _, _, exponent = number.as_tuple()
    unit = Decimal(1).scaleb(int(exponent))
    value = Decimal(metric) * (100 if match["percent"] else 1)
    return abs(value - number) <= unit / 2 * (1 + Decimal("1e-9"))


def main(root: Path = Path()) -> int:
    """Compare every notebook under results/ and print every bar; the number of differences."""
    wrong = compared = 0
    for path in sorted(root.glob("report/*/set.yaml")):
        problem_set = sets.load(root / "report", path.parent.name)
        entries = read_yaml(path)["problems"].items()
        named = [(name, file) for name, entry in entries for file in notebook_sources(entry)]
        for problem, notebook in named:
            metrics = root / "results" / problem_set.id / problem / "metrics.json"
            made = root / "results/notebooks" / problem_set.id / notebook
            if not (metrics.is_file() and made.is_file()):
                continue
            numbers = list(printed_numbers(nbformat.read(made, as_version=4), read_json(metrics)))
            different = [one for one in numbers if not one.agrees]
            compared, wrong = compared + len(numbers), wrong + len(different)
            print(f"{problem_set.id}/{notebook}: {len(numbers)} numbers")
            for one in different:
                said = "no such metric" if one.metric is None else f"metrics.json has {one.metric}"
                print(f"  DIFFERS: {one.name} = {one.text}; {said}")
        folder = root / "results" / problem_set.id
        if all((folder / name / "metrics.json").is_file() for name in problem_set.problems):
            for outcome in results.read(root / "results", [problem_set]):
                for bar in outcome.problem.bars:
                    row = acceptance.row(bar, outcome)
                    where = f"{outcome.problem.heading}: {bar.what}"
                    print(f"  {where}: {row.value} ({row.bar}): {row.state}")
    print(f"{compared} numbers compared, {wrong} differ")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main()))
