"""What the first page says: author, sets, the parts, and on which data it all rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from proofsheet.report import marks
from proofsheet.report.numbers import DAGGER
from proofsheet.report.results import Outcome
from proofsheet.report.rubric import Row
from proofsheet.report.sets import ProblemSet


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
        preset: `quick` is said on the cover: its numbers are not those to hand in.
    """
    single = sets[0] if len(sets) == 1 else None
    notes = [
        f"A {preset} run: smaller than the one that is handed in."
        f" A lone {DAGGER} stands for a sentence that is not true of its results."
    ]
    return {
        "kicker": single.course if single else "Deep learning",
        "title": single.title if single else "Problem sets, solved and checked",
        "author": {key: author.get(key, "").strip() for key in ("name", "student_id", "email")},
        "date": date,
        "keywords": [problem_set.short for problem_set in sets],
        "sets": [
            {"short": problem_set.short, "course": problem_set.course} for problem_set in sets
        ],
        "standin": _standin(outcomes),
        "rubric": [row.as_dict() for row in rubric],
        "checks": marks.summary(check for outcome in outcomes for check in outcome.checks),
        "notes": notes if preset != "full" else [],
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
        f"Not the real data but a stand-in was used for {', '.join(sorted(datasets))}:"
        f" every number marked {DAGGER} depends on it ({'; '.join(problems)})."
        f" A lone {DAGGER} stands for a sentence that is not true of these results."
    )
