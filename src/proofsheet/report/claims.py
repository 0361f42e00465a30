"""Sentences about results whose truth depends on the run, each with its condition.

    [Adam has the highest accuracy]{.claim if="adam.accuracy >= max(adagrad.accuracy, sgd.accuracy)"
    else="Adam does not have the highest accuracy"}

The condition (see `conditions`) is about the metrics.json of the chapter's own problem;
`set.problem.metric` is a metric of another problem in the document. A true claim prints its text.
A false one prints its `else`; without one it is an error in a full run on real data, and otherwise
leaves a dagger in its place.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from proofsheet.jobs.errors import UserError
from proofsheet.report import conditions
from proofsheet.report.chapter import Chapter
from proofsheet.report.numbers import DAGGER
from proofsheet.report.results import Outcome, metric
from proofsheet.report.variables import closest

FORM = '[text]{.claim if="condition" else="text"}'
_OPENING = re.compile(r'\{[^{}"]*?\.claim(?![\w-])|(?<=\])\{\s*(?:if|else)=')
_ATTRIBUTES = re.compile(
    r'\{\s*\.claim\s+if="(?P<condition>[^"]*)"'
    r'(?:\s+else="(?P<otherwise>(?:\\.|[^"\\])*)")?\s*\}',
    re.DOTALL,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True)
class Claim:
    """A claim in a chapter: `start` and `end` are positions in its text."""

    start: int
    end: int
    text: str
    condition: str
    otherwise: str | None


@dataclass(frozen=True)
class Context:
    """The metrics that decide the claims of a chapter.

    Attributes:
        own: the results of the chapter's problem; None where it is not about a single one.
        outcomes: the results of every problem of the document.
        preset: the size of the run; a false claim is an error in a `full` one only.
    """

    own: Outcome | None
    outcomes: Iterable[Outcome]
    preset: str = "full"

    def find(self, name: str) -> tuple[Outcome, Any]:
        """The problem that a dotted name is about, and the metric's value."""
        for outcome in self.outcomes:
            if name.startswith(f"{outcome.key}."):
                name = name.removeprefix(f"{outcome.key}.")
                break
        else:
            if self.own is None:
                raise UserError(f"no problem has the metric {name}; write <set>.<problem>.<metric>")
            outcome = self.own
        try:
            return outcome, metric(outcome.metrics, name)
        except (KeyError, IndexError, TypeError, ValueError):
            where = f"{outcome.folder / 'metrics.json'} has no metric {name}"
            raise UserError(where + closest(name, outcome.metrics)) from None


def scan(chapter: Chapter) -> tuple[list[Claim], list[tuple[int, str]]]:
    """The claims of a chapter; position and message of everything that is half a claim."""
    claims: list[Claim] = []
    faults: list[tuple[int, str]] = []
    for opening in _OPENING.finditer(chapter.source):
        attributes = _ATTRIBUTES.match(chapter.text, opening.start())
        start = _opening_bracket(chapter, opening.start())
        if start is None:
            faults.append((opening.start(), f"a claim without its [text]; write {FORM}"))
        elif not attributes:
            what = 'a claim that is not written as [text]{.claim if="…"} or with else="…" after it'
            faults.append((start, what))
        elif _BLANK_LINE.search(chapter.text, start, attributes.end()):
            faults.append((start, "a claim with a blank line in it; it is part of one paragraph"))
        elif claims and start < claims[-1].end:
            faults.append((start, "a claim inside another one"))
        else:
            text, otherwise = chapter.text[start + 1 : opening.start() - 1], attributes["otherwise"]
            if otherwise is not None:
                otherwise = otherwise.replace('\\"', '"')
            condition = " ".join(attributes["condition"].split())
            claims.append(Claim(start, attributes.end(), text, condition, otherwise))
            first_on_line = not chapter.text[:start].rpartition("\n")[2].strip()
            if first_on_line and any((t or "").startswith("@") for t in (text, otherwise)):
                faults.append((start, "a line that starts with @ becomes a list item"))
    return claims, faults


def _opening_bracket(chapter: Chapter, end: int) -> int | None:
    """Where the bracket begins that ends just before `end`, within its paragraph."""
    blank = list(_BLANK_LINE.finditer(chapter.text, 0, end))
    first = blank[-1].end() if blank else 0
    text = re.sub(r"\\.", "  ", chapter.brackets[:end], flags=re.DOTALL)
    depth = 0
    for position in range(end - 1, first - 1, -1):
        depth += {"]": 1, "[": -1}.get(text[position], 0)
        if depth == 0:
            return position if position < end - 1 else None
    return None


def replace(chapter: Chapter, printed: Callable[[Claim], str]) -> str:
    """The text of a chapter with each claim replaced by what `printed` returns for it."""
    parts, done = [], 0
    for claim in scan(chapter)[0]:
        parts += [chapter.text[done : claim.start], printed(claim)]
        done = claim.end
    return "".join([*parts, chapter.text[done:]])


def resolve(chapter: Chapter, context: Context) -> str:
    """The text of a chapter with its claims judged; every other line keeps its number.

    Raises:
        UserError: a claim that cannot be judged, or is false where it must not be.
    """

    def printed(claim: Claim) -> str:
        text = judge(claim, context)
        lost = chapter.text.count("\n", claim.start, claim.end) - text.count("\n")
        # A comment over several lines: it prints nothing, not even a space.
        filler = "\n." * (lost - 1)
        return f"{text}<!--{filler}\n-->" if lost else text

    return replace(chapter, printed)


def faults(chapter: Chapter, context: Context) -> Iterator[tuple[int, str]]:
    """Position and message of every claim that is malformed, cannot be judged or is false."""
    claims, malformed = scan(chapter)
    yield from malformed
    for claim in claims:
        try:
            judge(claim, context)
        except UserError as error:
            yield claim.start, str(error)


def judge(claim: Claim, context: Context) -> str:
    """What a claim prints.

    Raises:
        UserError: the condition is not one, or is false in a full run on real data without `else`.
    """
    problems = [context.own] if context.own else []
    values: dict[str, Any] = {}

    def look_up(name: str) -> Any:
        problem, values[name] = context.find(name)
        problems.append(problem)
        return values[name]

    try:
        holds = conditions.evaluate(claim.condition, look_up)
    except UserError as error:
        raise UserError(_message(claim, str(error), values)) from None
    if holds:
        return claim.text
    if claim.otherwise is not None:
        return claim.otherwise
    if context.preset != "full" or any(problem.standin for problem in problems):
        return DAGGER
    advice = 'is false; change the sentence or give it else="…"'
    raise UserError(_message(claim, advice, values))


def _message(claim: Claim, what: str, values: dict[str, Any]) -> str:
    condition = claim.condition if len(claim.condition) < 200 else f"{claim.condition[:200]}…"
    known = {name: value for name, value in values.items() if not isinstance(value, dict)}
    listed = ", ".join(f"{name} = {reprlib.repr(value)}" for name, value in known.items())
    return f"the claim {condition!r}: {what}" + (f" ({listed})" if listed else "")
