"""The bars of `set.yaml` held against the results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from proofsheet.jobs.errors import UserError
from proofsheet.report.numbers import DAGGER, FORMATS
from proofsheet.report.results import Outcome, metric
from proofsheet.report.sets import Bar

State = Literal["met", "not met", "not applicable"]


@dataclass(frozen=True)
class Row:
    """One bar and its result, as the theme prints them; `bar` and `value` are formatted.

    Attributes:
        whose: `asked` for a bar that the course sets, else `our bar`.
    """

    what: str
    whose: str
    bar: str
    value: str
    state: State


def row(bar: Bar, outcome: Outcome) -> Row:
    """One bar against its result; on stand-in data a bar for real data does not apply.

    Raises:
        UserError: the bar's metric is not in metrics.json, or is not a number.
    """
    value = _value(bar, outcome)
    form = FORMATS[bar.format]
    state: State = "met"
    if bar.real_data and outcome.standin:
        state = "not applicable"
    elif value < bar.limit if bar.at_least else value > bar.limit:
        state = "not met"
    return Row(
        bar.what,
        "asked" if bar.asked else "our bar",
        f"{'≥' if bar.at_least else '≤'}\u00a0{form(bar.limit)}",
        form(value) + (DAGGER if outcome.standin else ""),
        state,
    )


def _value(bar: Bar, outcome: Outcome) -> float:
    where = f"{outcome.folder / 'metrics.json'}: the bar {bar.what!r} needs {bar.metric!r}"
    try:
        value = metric(outcome.metrics, bar.metric)
    except (KeyError, IndexError, TypeError, ValueError):
        raise UserError(f"{where}, which is not there") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"{where}, which is not a number but {value!r}")
    return float(value)
