"""Numbers that were typed by hand where a variable belongs.

A decimal number in prose is a result unless the chapter declares it as given
(`<!-- given: 0.9313 -->`). In mathematics, where variables cannot stand, a number is taken for a
result if it is one: three or more digits that agree with a metric.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from proofsheet.report.chapter import Chapter

_DECIMAL = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+(?:[eE][-+−]?\d+)?|[eE][-+−]?\d+)(?!\w|\.\d)")
_PERCENT = re.compile(r"(?<![\w.,])(\d[\d,]*(?:\.\d+)?)(?:[ \u00a0\u202f]|\\ )?\\?%")
_INTEGER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d{3,})(?!\w|[.,]\d)")
_IN_MATH = re.compile(r"(?<![\w.])\d+\.\d+(?!\w|\.\d)")
_GIVEN = re.compile(r"<!--\s*given:(.*?)-->", re.DOTALL)
_TOKEN = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+−]?\d+)?")
_ADVICE = "use {{< var … >}}, or declare it: <!-- given: %s -->"


def given(chapter: Chapter) -> set[str]:
    """The numbers that the chapter declares."""
    return {
        _plain(token)
        for comment in chapter.of("comment")
        for declared in _GIVEN.findall(comment.text)
        for token in _TOKEN.findall(declared)
    }


def found(chapter: Chapter, metrics: Iterable[Any]) -> Iterator[tuple[int, str]]:
    """Position and message of every number that looks like a result typed by hand."""
    declared = given(chapter)
    numbers = [abs(number) for metric in metrics for number in _numbers(metric)]
    integers = {int(n) for n in numbers if n == int(n) and n >= 100}
    # An accuracy is as often written in percent.
    results = numbers + [100 * number for number in numbers if number <= 1]
    seen: set[int] = set()
    for pattern, what in ((_PERCENT, "percentage"), (_DECIMAL, "decimal number")):
        for match in pattern.finditer(chapter.prose):
            number = match[1] if pattern is _PERCENT else match[0]
            if match.start() not in seen and _plain(number) not in declared:
                yield match.start(), _message(what, match[0], number)
            seen.add(match.start())
    for match in _INTEGER.finditer(chapter.prose):
        number = _plain(match[0])
        if match.start() not in seen and number not in declared and int(number) in integers:
            yield match.start(), _message("a metric's value,", match[0], match[0])
    for math in chapter.of("inline", "display"):
        for match in _IN_MATH.finditer(math.text):
            if match[0] not in declared and is_rounded(match[0], results):
                what = "a metric's value, in mathematics,"
                yield math.start + match.start(), _message(what, match[0], match[0])


def is_rounded(literal: str, numbers: Iterable[float]) -> bool:
    """Whether a decimal literal of three or more significant digits is a number, rounded."""
    digits, decimals = len(literal.replace(".", "").lstrip("0")), len(literal.partition(".")[2])
    value, unit = float(literal), 10.0**-decimals
    near = (n for n in numbers if abs(n - value) <= unit)
    return digits >= 3 and any(f"{n:.{decimals}f}" == literal for n in near)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def _plain(number: str) -> str:
    return number.replace(",", "").replace("−", "-").lower()


def _message(what: str, text: str, number: str) -> str:
    article = "" if what.startswith("a ") else "a "
    return f"{article}{what} typed by hand: {' '.join(text.split())}; {_ADVICE % number}"
