"""Read `report/<set>/set.yaml`: the parts of a problem set, their points and bars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from proofsheet.jobs.errors import UserError
from proofsheet.report.numbers import FORMATS


@dataclass(frozen=True)
class Bar:
    """A value that a result must reach: at least or at most `limit`.

    `part` is the part of the problem that it is for; '' if it is for the whole problem. `asked`:
    the course's text sets it; otherwise it is one of our own.
    """

    what: str
    metric: str
    limit: float
    at_least: bool
    format: str
    real_data: bool = False
    part: str = ""
    asked: bool = False


@dataclass(frozen=True)
class Problem:
    """One problem of a set."""

    id: str
    title: str
    parts: dict[str, str] = field(default_factory=dict)
    bars: tuple[Bar, ...] = ()
    datasets: tuple[str, ...] = ()
    called: str = "Problem"

    @property
    def key(self) -> str:
        """`p1` of `p1_subspace`: in its labels, what follows the name of the set."""
        return self.id.partition("_")[0]

    @property
    def number(self) -> int:
        """1 of `p1_subspace`."""
        return int(re.sub(r"\D", "", self.key))

    @property
    def heading(self) -> str:
        """Number and title, as its chapter is headed."""
        return f"{self.called} {self.number}: {self.title}"


@dataclass(frozen=True)
class ProblemSet:
    """One problem set, or those of its problems that one document has; in the order of its text."""

    id: str
    title: str
    course: str
    short: str
    problems: dict[str, Problem]
    part: str = ""

    def only(self, problems: Sequence[str], title: str) -> ProblemSet:
        """The document of some of the problems, under a title of its own."""
        chosen = {name: self.problems[name] for name in problems}
        return replace(self, title=f"{self.title}: {title}", problems=chosen, part=title)


def load(report: Path, name: str) -> ProblemSet:
    """Read `report/<name>/set.yaml`.

    Raises:
        UserError: no such file, or a key that is missing or wrong in it.
    """
    path = report / name / "set.yaml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        called = content.get("called", "Problem")
        problems = {
            key: _problem(key, value, called, path) for key, value in content["problems"].items()
        }
        return ProblemSet(name, content["title"], content["course"], content["short"], problems)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file, but the set {name!r} needs one") from None
    except yaml.YAMLError as error:
        raise UserError(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: key missing or of the wrong type: {error}") from None


def _problem(name: str, content: dict[str, Any], called: str, path: Path) -> Problem:
    if not re.match(r"[a-z]+\d+_", name):
        raise UserError(f"{path}: problem {name!r} has no number; name it like p1_title")
    parts = {str(part): str(points) for part, points in content.get("parts", {}).items()}
    return Problem(
        name,
        content["title"],
        parts,
        tuple(_bar(bar, parts, path) for bar in content.get("bars", [])),
        tuple(content.get("datasets", [])),
        called,
    )


def _bar(content: dict[str, Any], parts: dict[str, str], path: Path) -> Bar:
    limits = [key for key in ("at_least", "at_most") if key in content]
    where = f"{path}: bar {content.get('what')!r}"
    if len(limits) != 1:
        raise UserError(f"{where} needs one of at_least and at_most")
    if content.get("format", "f4") not in FORMATS:
        raise UserError(
            f"{where} has the format {content['format']!r}; allowed: {', '.join(FORMATS)}"
        )
    part = str(content.get("part", ""))
    if part and part not in parts:
        raise UserError(f"{where} is for part {part!r}; allowed: {', '.join(parts)}")
    return Bar(
        content["what"],
        content["metric"],
        float(content[limits[0]]),
        limits[0] == "at_least",
        content.get("format", "f4"),
        bool(content.get("real_data", False)),
        part,
        bool(content.get("asked", False)),
    )
