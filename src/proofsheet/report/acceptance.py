"""The bars of `set.yaml` held against the results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from proofsheet.jobs.errors import UserError
from proofsheet.report.numbers import DAGGER, FORMATS
from proofsheet.report.results import Outcome, metric
from proofsheet.report.sets import Bar

State = Literal["met", "not met", "not applicable"]


@dataclass(frozen=True)
class Row:
    """One line of the acceptance table; `bar` and `value` are formatted."""

    section: str
    what: str
    bar: str
    value: str
    state: State
    note: str

    def as_dict(self) -> dict[str, str]:
        """The row as the cover's data have it."""
        return asdict(self)


def rows(outcomes: Iterable[Outcome]) -> list[Row]:
    """One row per bar, in the order of the sets and their problems.

    Raises:
        UserError: a bar whose metric is not in metrics.json, or is not a number.
    """
    outcomes = list(outcomes)
    several = len({outcome.set.id for outcome in outcomes}) > 1
    return [
        row(bar, outcome, several=several) for outcome in outcomes for bar in outcome.problem.bars
    ]


def row(bar: Bar, outcome: Outcome, *, several: bool = False) -> Row:
    """One bar against its result; `several` sets in a document are told apart by name."""
    value = _value(bar, outcome)
    form = FORMATS[bar.format]
    section = outcome.problem.heading
    if several:
        section = f"{outcome.set.short}, {section[0].lower()}{section[1:]}"
    reached = value >= bar.limit if bar.at_least else value <= bar.limit
    state: State = "met" if reached else "not met"
    note = ""
    if bar.real_data and outcome.standin:
        state, note = "not applicable", "stand-in data"
    elif bar.aim is not None:
        aimed = value >= bar.aim if bar.at_least else value <= bar.aim
        note = f"aim {form(bar.aim)} {'reached' if aimed else 'not reached'}"
    return Row(
        section,
        _capitalized(bar.what),
        f"{'≥' if bar.at_least else '≤'}\u00a0{form(bar.limit)}",
        form(value) + (DAGGER if outcome.standin else ""),
        state,
        note,
    )


def _capitalized(text: str) -> str:
    """With a capital letter, unless it begins with a name (`AUC`, `pH`) or a symbol (`y ⋆ x`)."""
    start = text[:2]
    return text[0].upper() + text[1:] if start.islower() and start.isalpha() else text


def _value(bar: Bar, outcome: Outcome) -> float:
    where = f"{outcome.folder / 'metrics.json'}: the bar {bar.what!r} needs {bar.metric!r}"
    try:
        value = metric(outcome.metrics, bar.metric)
    except (KeyError, IndexError, TypeError, ValueError):
        raise UserError(f"{where}, which is not there") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"{where}, which is not a number but {value!r}")
    return float(value)
