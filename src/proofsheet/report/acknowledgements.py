"""Who and what helped, per problem, with the pictures of prompts and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from proofsheet.report.pictures import picture_suffix
from proofsheet.report.sets import ProblemSet
from proofsheet.report.tables import escape, plain_table


def images(sets: Iterable[ProblemSet], acknowledgements: Mapping[str, Any]) -> dict[str, Path]:
    """The pictures, by their paths in the staged project."""
    return {
        staged: path
        for problem_set in sets
        for _, problem, entry in _entries(problem_set, acknowledgements)
        for staged, path in _images(problem_set.id, problem, entry)
    }


def collaborators(given: Mapping[str, Any]) -> list[str]:
    """The collaborators of a set, each once, in the order in which they are named.

    Args:
        given: what `config.yaml` acknowledges for the set, by problem.
    """
    return _named(given, "collaborators")


def who(given: Mapping[str, Any]) -> str:
    """The collaborators of a set in a line; `None` and `Not stated` mean different things."""
    stated = any(entry.get("collaborators") is not None for entry in given.values())
    return _words(collaborators(given) if stated else None)


def homework_process(
    sources: Iterable[str], people: Iterable[str], hours: float | None, given: Mapping[str, Any]
) -> dict[str, str]:
    """Sources, people and hours, for a set that asks for them.

    Args:
        sources, people: what `config.yaml` names for the set; each is named once.
        hours: None where they are not stated.
        given: as for `collaborators`; AI tools that it names are sources.
    """
    named = {
        "sources": [*sources, *_named(given, "ai_tools")],
        "people": [*people, *collaborators(given)],
    }
    answers = {key: "; ".join(dict.fromkeys(names)) or "None" for key, names in named.items()}
    return answers | {"hours": "Not stated" if hours is None else f"{hours:g}"}


def page(sets: Iterable[ProblemSet], acknowledgements: Mapping[str, Any]) -> str:
    """The Markdown of the section: who helped with what, then the pictures."""
    rows, pictures = [], []
    for problem_set in sets:
        entries = list(_entries(problem_set, acknowledgements))
        answers = [
            (title, _words(entry.get("collaborators")), _words(entry.get("ai_tools")))
            for title, _, entry in entries
        ]
        if len({answer[1:] for answer in answers}) == 1:
            answers = [("all", *answers[0][1:])]
        rows += [(problem_set.short, *answer) for answer in answers]
        for title, problem, entry in entries:
            shown = _images(problem_set.id, problem, entry)
            for number, (staged, _) in enumerate(shown, start=1):
                alt = escape(f"{title}: prompt and answer, picture {number} of {len(shown)}")
                pictures.append(f'**{alt}**\n\n![]({staged}){{width=100% fig-alt="{alt}"}}\n')
    table = plain_table(["Set", "Problem", "Collaborators", "AI tools"], rows)
    return "\n".join(["# Acknowledgements {.unnumbered}\n", table, *pictures])


def _entries(
    problem_set: ProblemSet, acknowledgements: Mapping[str, Any]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    given = acknowledgements.get(problem_set.id, {})
    for problem in problem_set.problems.values():
        yield problem.heading, problem.id, given.get(problem.id, {})


def _named(given: Mapping[str, Any], key: str) -> list[str]:
    return list(dict.fromkeys(name for entry in given.values() for name in entry.get(key) or []))


def _words(names: Iterable[str] | None) -> str:
    """The names in a line; an empty list says that nobody helped, a missing one says nothing."""
    return "Not stated" if names is None else ", ".join(names) or "None"


def _images(name: str, problem: str, entry: Mapping[str, Any]) -> list[tuple[str, Path]]:
    # A JPEG that is saved as a.png is shown as what it is.
    return [
        (f"acknowledgements/{name}/{problem}/{number}{picture_suffix(path)}", path)
        for number, path in enumerate(map(Path, entry.get("images", [])), start=1)
    ]
