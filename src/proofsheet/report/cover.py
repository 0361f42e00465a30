"""What the cover says: author, sets, acceptance table, and on which data it all rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from proofsheet.report import acceptance, marks
from proofsheet.report.enumeration import listed
from proofsheet.report.numbers import DAGGER
from proofsheet.report.results import Outcome
from proofsheet.report.rubric import Row
from proofsheet.report.sets import ProblemSet

NAMELESS = "(author.name in config.yaml)"


def data(
    sets: list[ProblemSet],
    outcomes: list[Outcome],
    *,
    rubric: Iterable[Row] = (),
    author: Mapping[str, str],
    date: str,
    preset: str,
) -> dict[str, Any]:
    """The cover's data, as `typst-template.typ` reads them.

    Args:
        sets: in the document, in its order.
        outcomes: of every problem of the sets.
        rubric: of the document.
        author: name, student_id, email.
        date: as it is printed.
        preset: `quick` is said on the cover: its numbers are not those to hand in.
    """
    single = sets[0] if len(sets) == 1 else None
    return {
        "kicker": single.course if single else "Deep learning",
        "title": single.title if single else "Problem sets, solved and checked",
        "author": {
            "name": author.get("name") or NAMELESS,
            "student_id": author.get("student_id", ""),
            "email": author.get("email", ""),
        },
        "date": date,
        "keywords": [problem_set.short for problem_set in sets],
        "sets": [
            {"short": problem_set.short, "course": problem_set.course} for problem_set in sets
        ],
        "standin": _standin(outcomes),
        "acceptance": [row.as_dict() for row in acceptance.rows(outcomes)],
        "rubric": [row.as_dict() for row in rubric],
        "checks": marks.summary(check for outcome in outcomes for check in outcome.checks),
        "notes": _notes(outcomes, preset),
    }


def document_title(cover: Mapping[str, Any]) -> str:
    """One line, for the metadata."""
    names = ", ".join(entry["short"] for entry in cover["sets"])
    return f"{cover['title']} ({names})"


def _standin(outcomes: Iterable[Outcome]) -> str:
    """Which datasets are stand-ins and which problems rest on them; '' if none."""
    affected = [outcome for outcome in outcomes if outcome.standin]
    if not affected:
        return ""
    datasets = {s["dataset"] for o in affected for s in o.sources if s.get("standin")}
    problems = [
        f"{outcome.set.short}, {outcome.problem.called.lower()} {outcome.problem.number}"
        for outcome in affected
    ]
    return (
        f"Not the real data but a stand-in was used for {listed(sorted(datasets))}:"
        f" every number marked {DAGGER} depends on it ({'; '.join(problems)})."
        f" A lone {DAGGER} stands for a sentence that is not true of these results."
    )


def _notes(outcomes: Iterable[Outcome], preset: str) -> list[str]:
    notes = []
    if preset != "full":
        notes.append(
            f"A {preset} run: smaller than the one that is handed in."
            f" A lone {DAGGER} stands for a sentence that is not true of its results."
        )
    seen = {source["dataset"]: source for o in outcomes for source in o.sources}
    for name, source in seen.items():
        if not source.get("official", True) and not source.get("standin"):
            note = source.get("note", "")
            title = source.get("title") or name
            notes.append(f"Data: {title}: not the official files{f' ({note})' if note else ''}.")
    return notes
