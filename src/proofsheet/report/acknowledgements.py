"""Who and what helped, per problem, with the pictures of prompts and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from proofsheet.jobs.errors import UserError
from proofsheet.report.markdown import escape, heading, table
from proofsheet.report.pictures import ALLOWED, suffix_of
from proofsheet.report.sets import ProblemSet


def images(sets: Iterable[ProblemSet], acknowledgements: Mapping[str, Any]) -> dict[str, Path]:
    """Pictures by the path that they have in the staged project.

    Raises:
        UserError: a picture that does not exist or is of another kind.
    """
    return {
        staged: path
        for problem_set in sets
        for _, problem, entry in _entries(problem_set, acknowledgements)
        for staged, path in _images(problem_set.id, problem, entry)
    }


def collaborators(given: Mapping[str, Any]) -> list[str]:
    """Everyone who helped with a set, each once, in the order in which they are named.

    Args:
        given: what `config.yaml` acknowledges for the set, by problem.
    """
    return _named(given, "collaborators")


def who(given: Mapping[str, Any]) -> str:
    """The collaborators of a set in a line; `None` and `Not stated` are two things.

    Args:
        given: as for `collaborators`.
    """
    stated = any(entry.get("collaborators") is not None for entry in given.values())
    return _words(collaborators(given) if stated else None)


def homework_process(
    sources: Iterable[str], people: Iterable[str], hours: float | None, given: Mapping[str, Any]
) -> dict[str, str]:
    """What a set that asks for them is told of sources, people and hours.

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
    """The Markdown of the section: a table per set, then the pictures."""
    parts = [heading("Acknowledgements", 1)]
    sets = list(sets)
    for problem_set in sets:
        if len(sets) > 1:
            parts.append(heading(escape(problem_set.short), 2))
        entries = list(_entries(problem_set, acknowledgements))
        parts.append(
            table(
                ["Problem", "Collaborators", "AI tools"],
                [
                    (title, _words(entry.get("collaborators")), _words(entry.get("ai_tools")))
                    for title, _, entry in entries
                ],
            )
        )
        for title, problem, entry in entries:
            shown = _images(problem_set.id, problem, entry)
            for number, (staged, _) in enumerate(shown, start=1):
                alt = f"{title}: prompt and answer, picture {number} of {len(shown)}"
                parts.append(f"**{escape(alt)}**\n")
                parts.append(f'![]({staged}){{width=100% fig-alt="{escape(alt)}"}}\n')
    return "\n".join(parts)


def _entries(
    problem_set: ProblemSet, acknowledgements: Mapping[str, Any]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    given = acknowledgements.get(problem_set.id, {})
    for problem in problem_set.problems.values():
        yield problem.heading, problem.id, given.get(problem.id, {})


def _named(given: Mapping[str, Any], key: str) -> list[str]:
    return list(dict.fromkeys(name for entry in given.values() for name in entry.get(key) or []))


def _words(names: Iterable[str] | None) -> str:
    """Nobody says that nobody helped but the author: an empty list says it, a missing one not."""
    return "Not stated" if names is None else ", ".join(names) or "None"


def _images(name: str, problem: str, entry: Mapping[str, Any]) -> list[tuple[str, Path]]:
    result = []
    for number, text in enumerate(entry.get("images", []), start=1):
        path = Path(text)
        where = f"config.yaml: acknowledgements.{name}.{problem}.images: {text!r}"
        if not path.is_file():
            raise UserError(f"{where} does not exist")
        # A JPEG that is saved as a.png is shown as what it is.
        if not (suffix := suffix_of(path)):
            raise UserError(f"{where} is not a picture; {ALLOWED}")
        staged = f"acknowledgements/{name}/{problem}/{number}{suffix}"
        result.append((staged, path))
    return result
