"""What is asked: `report/<set>/set.yaml`, with the parts of a problem set and its bars."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from proofsheet.errors import UserError
from proofsheet.report.numbers import FORMATS


@dataclass(frozen=True)
class Bar:
    """A value that a result must reach: at least or at most `limit`."""

    what: str
    metric: str
    limit: float
    at_least: bool
    format: str
    aim: float | None = None
    real_data: bool = False


@dataclass(frozen=True)
class Problem:
    """One problem of a set."""

    id: str
    title: str
    parts: dict[str, str] = field(default_factory=dict)
    bars: tuple[Bar, ...] = ()
    datasets: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProblemSet:
    """One problem set; `problems` in the order of its text."""

    id: str
    title: str
    course: str
    short: str
    problems: dict[str, Problem]


def load(report: Path, name: str) -> ProblemSet:
    """Read `report/<name>/set.yaml`.

    Raises:
        UserError: no such file, or a key that is missing or wrong in it.
    """
    path = report / name / "set.yaml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        problems = {key: _problem(key, value, path) for key, value in content["problems"].items()}
        return ProblemSet(name, content["title"], content["course"], content["short"], problems)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file, but the set {name!r} needs one") from None
    except yaml.YAMLError as error:
        raise UserError(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: key missing or of the wrong type: {error}") from None


def _problem(name: str, content: dict[str, Any], path: Path) -> Problem:
    return Problem(
        name,
        content["title"],
        {str(part): str(points) for part, points in content.get("parts", {}).items()},
        tuple(_bar(bar, path) for bar in content.get("bars", [])),
        tuple(content.get("datasets", [])),
    )


def _bar(content: dict[str, Any], path: Path) -> Bar:
    limits = [key for key in ("at_least", "at_most") if key in content]
    where = f"{path}: bar {content.get('what')!r}"
    if len(limits) != 1:
        raise UserError(f"{where} needs one of at_least and at_most")
    if content.get("format", "f4") not in FORMATS:
        raise UserError(
            f"{where} has the format {content['format']!r}; allowed: {', '.join(FORMATS)}"
        )
    return Bar(
        content["what"],
        content["metric"],
        float(content[limits[0]]),
        limits[0] == "at_least",
        content.get("format", "f4"),
        content.get("aim"),
        bool(content.get("real_data", False)),
    )
