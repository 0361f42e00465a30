"""Faults in the chapters that can be found before rendering, each with its `file:line`.

Quarto prints `?var:x` or `?@fig-x` and exits with status 0, and it cannot know that a derivation
has no check or that a number was typed by hand. Here the report fails instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proofsheet.jobs.errors import UserError
from proofsheet.report import rubric
from proofsheet.report.chapter import Chapter
from proofsheet.report.lint_rules import INCLUDE, NOTE, RULES, Report, labels
from proofsheet.report.results import Outcome
from proofsheet.report.sets import ProblemSet


@dataclass(frozen=True, order=True)
class Finding:
    """A fault and where it is."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def chapters(sets: list[ProblemSet]) -> list[str]:
    """The chapters of these sets, as paths within `report`."""
    return [
        f"{problem_set.id}/{name}.qmd"
        for problem_set in sets
        for name in (
            *(() if problem_set.part else ("_set",)),
            *(f"_{problem}" for problem in problem_set.problems),
        )
    ]


def check(
    folder: Path,
    results: Path,
    sets: list[ProblemSet],
    outcomes: list[Outcome],
    preset: str = "full",
) -> Report:
    """What a document consists of, if its chapters have no fault.

    Raises:
        UserError: one line for each fault.
    """
    names = chapters(sets)
    missing = [f"{folder / name}: no such file" for name in names if not (folder / name).is_file()]
    if missing:
        raise UserError("\n".join(missing))
    texts = [Chapter.read(folder / name) for name in names]
    report = Report(folder, results, texts, sets, outcomes, preset)
    faults = findings(report)
    if faults:
        raise UserError("\n".join(str(fault) for fault in faults))
    return report


def findings(report: Report) -> list[Finding]:
    """Every fault, in the order of files and lines."""
    faults = {
        Finding(chapter.path, chapter.line(position), message)
        for chapter in report.chapters
        for rule in RULES
        for position, message in rule(chapter, report)
    }
    return sorted(faults | {f for rule in WHOLE for f in rule(report)})


def duplicates(report: Report) -> Iterator[Finding]:
    """Labels and footnotes that are defined twice in the document."""
    first: dict[str, str] = {}
    for chapter in report.chapters:
        notes = ((m.start(), f"[^{m[1]}]") for m in NOTE.finditer(chapter.source))
        for position, label in sorted([*labels(chapter), *notes]):
            line = chapter.line(position)
            if label in first:
                what = "footnote" if label.startswith("[") else "label"
                message = f"duplicate {what} {label}, first at {first[label]}"
                yield Finding(chapter.path, line, message)
            first.setdefault(label, f"{chapter.path}:{line}")


def uncited(report: Report) -> Iterator[Finding]:
    """Checks that no chapter cites, reported at the chapter of their problem."""
    for outcome in report.outcomes:
        for entry in outcome.checks:
            name = f"{outcome.key}.checks.{entry['id']}"
            if name not in report.cited:
                path = report.folder / outcome.set.id / f"_{outcome.problem.id}.qmd"
                yield Finding(path, 1, f"the check {name} is not cited")


def unincluded(report: Report) -> Iterator[Finding]:
    """Chapters that nothing includes."""
    named = {
        Path(match[1][1:])
        for chapter in report.chapters
        for match in INCLUDE.finditer(chapter.source)
    }
    if any(problem_set.part for problem_set in report.sets):
        return  # the document of some problems includes them itself
    for chapter in report.chapters:
        path = chapter.path.relative_to(report.folder)
        problem = path.name.startswith("_") and path.name != "_set.qmd"
        if problem and path not in named:
            yield Finding(chapter.path, 1, "no chapter includes this file")


def unanswered(report: Report) -> Iterator[Finding]:
    """Parts of the text without an answer."""
    for chapter, position, message in rubric.unanswered(report):
        yield Finding(chapter.path, chapter.line(position), message)


WHOLE = (duplicates, uncited, unincluded, unanswered)
