"""The rubric: every part that is asked, where it is answered, and how that was verified.

A part is answered by the sections that its label names: part `b` of problem `p1_subspace` of
`csci5527_hw2` by `#sec-csci5527-hw2-p1-b`, or by `…-p1-b1` and `…-p1-b2` where it has parts of its
own (they may also be listed, as parts `b1` and `b2`); a problem whose only part is `all` by the
whole problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from proofsheet.report import acceptance
from proofsheet.report.chapter import Chapter, Section
from proofsheet.report.lint_rules import Report
from proofsheet.report.results import Outcome

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


@dataclass(frozen=True)
class Row:
    """One part, or (with `part` '') what is asked of a problem as a whole.

    Attributes:
        alone: it is a problem that has no parts.
        label: of the first section that answers it.
        sections: how many do, one after the other, those below them not counted.
        checks: how many passed checks these sections cite.
        bars: what its results had to reach.
    """

    outcome: Outcome
    part: str
    alone: bool
    points: str
    label: str
    sections: int
    checks: int
    bars: tuple[acceptance.Row, ...]

    def as_dict(self) -> dict[str, Any]:
        """The row as the theme and the page map read it."""
        return {
            "set": self.outcome.set.short,
            "problem": self.outcome.problem.heading,
            "part": shown(self.part, self.outcome.problem.number),
            "alone": self.alone,
            "points": self.points,
            "label": self.label,
            "sections": self.sections,
            "checks": self.checks,
            "bars": [asdict(bar) for bar in self.bars],
        }


def rows(report: Report) -> list[Row]:
    """The rubric of a document in which `unanswered` found nothing."""
    return [row for outcome in report.outcomes for row in _rows(outcome, report)]


def _rows(outcome: Outcome, report: Report) -> Iterator[Row]:
    chapter = chapter_of(outcome, report)
    bars = [(bar.part, acceptance.row(bar, outcome)) for bar in outcome.problem.bars]
    whole = sections_of("all", outcome, chapter)
    parts = outcome.problem.parts
    yield Row(
        outcome, "", set(parts) <= {"all"}, parts.get("all", ""), *_place(whole),
        _cited(chapter, outcome, whole),
        tuple(row for part, row in bars if part in ("", "all")),
    )  # fmt: skip
    for part, points in parts.items():
        if part == "all":
            continue
        found = sections_of(part, outcome, chapter)
        yield Row(
            outcome, part, False, points, *_place(found), _cited(chapter, outcome, found),
            tuple(row for of, row in bars if of == part),
        )  # fmt: skip


def unanswered(report: Report) -> Iterator[tuple[Chapter, int, str]]:
    """Chapter, position and message for each part that has no section or nothing in it."""
    for outcome in report.outcomes:
        chapter = chapter_of(outcome, report)
        stem = _stem(outcome)
        for part in ("all", *(part for part in outcome.problem.parts if part != "all")):
            found = sections_of(part, outcome, chapter)
            name = outcome.problem.heading if part == "all" else f"part {part}"
            if not found:
                label = stem if part == "all" else f"{stem}-{_slug(part)}"
                yield chapter, 0, f"{name} has no answer: no section is labelled {{#{label}}}"
            elif not any(chapter.source[s.start : s.end].partition("\n")[2].strip() for s in found):
                yield chapter, found[0].start, f"{name} has no answer: its section is empty"


def chapter_of(outcome: Outcome, report: Report) -> Chapter:
    """The chapter of a problem."""
    path = report.folder / outcome.set.id / f"_{outcome.problem.id}.qmd"
    return next(chapter for chapter in report.chapters if chapter.path == path)


def sections_of(part: str, outcome: Outcome, chapter: Chapter) -> list[Section]:
    """The sections that answer a part, with those below them; 'all' is the whole problem."""
    stem = _stem(outcome)
    # (b)(i) and (b)(ii) are labelled b1 and b2; part 1 is not part 10.
    digits = r"\d*" if part[-1:].isalpha() else ""
    wanted = re.compile(re.escape(stem) if part == "all" else f"{stem}-{_slug(part)}{digits}")
    found: list[Section] = []
    level = 0
    for section in chapter.sections:
        if wanted.fullmatch(section.label):
            level = section.level
        elif section.level <= level:
            level = 0
        if level:
            found.append(section)
    return found


def shown(part: str, problem: int) -> str:
    """`(a)` for a, `(b)(ii)` for b2, `3.2` for part 2 of problem 3, `Q4.1` as it is."""
    within = re.fullmatch(r"([a-z])([1-9])", part)
    if within:
        return f"({within[1]})({_ROMAN[int(within[2]) - 1]})"
    if part.isdecimal():
        return f"{problem}.{part}"
    return f"({part})" if re.fullmatch(r"[a-z]|[ivx]+", part) else part


def _stem(outcome: Outcome) -> str:
    return f"sec-{outcome.set.id.replace('_', '-')}-{outcome.problem.key}"


def _slug(part: str) -> str:
    """`1` for Q4.1, the first part of problem 4; `b-ii` for b.ii."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"^Q?\d+\.(?=\d)", "", part).lower()).strip("-")


def _place(sections: list[Section]) -> tuple[str, int]:
    level = sections[0].level
    return sections[0].label, sum(section.level <= level for section in sections)


def _cited(chapter: Chapter, outcome: Outcome, sections: list[Section]) -> int:
    checks = f"{outcome.key}.checks."
    return len(
        {
            name
            for position, name in chapter.variables
            if name.startswith(checks)
            and any(section.start <= position < section.end for section in sections)
        }
    )
