"""The numbered marks of verified derivations, and the table of checks that they link to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from proofsheet.report.chapter import Chapter
from proofsheet.report.numbers import integer, scientific
from proofsheet.report.results import Outcome

CHECK = re.compile(r"([\w-]+\.[\w-]+)\.checks\.([\w-]+)")
EXACT = ("symbolic", "exhaustive")
"""Methods that sample nothing where they run once."""


def numbered(chapters: Iterable[Chapter]) -> dict[str, int]:
    """The number of each cited check by the name of its variable, in the order of citation."""
    names = (name for chapter in chapters for _, name in chapter.variables)
    cited = dict.fromkeys(name for name in names if CHECK.fullmatch(name))
    return {name: number for number, name in enumerate(cited, start=1)}


def mark(number: int) -> str:
    """What the variable of a check prints: a link to its row in the table."""
    return f"[✓{number}](#check-{number})"


def table(outcomes: Iterable[Outcome], numbers: dict[str, int]) -> list[dict[str, Any]]:
    """The rows of the table for some problems, as `checks-table` of the theme reads them."""
    rows = [
        _row(numbers[name], check)
        for outcome in outcomes
        for check in outcome.checks
        if (name := f"{outcome.key}.checks.{check['id']}") in numbers
    ]
    return sorted(rows, key=lambda row: row["number"])


def summary(checks: Iterable[dict[str, Any]]) -> str:
    """How many checks passed, and how many of them sampled; '' if there are none."""
    methods = [_method(check) for check in checks]
    if not methods:
        return ""
    exact = [(word, methods.count(word)) for word in EXACT]
    counts = [f"{count} {word}" for word, count in exact if count]
    sampled = len(methods) - sum(count for _, count in exact)
    if sampled:
        counts.append(f"{sampled} on sampled cases")
    noun = "check" if len(methods) == 1 else "checks"
    return f"{len(methods)} {noun} passed: {', '.join(counts)}."


def _row(number: int, check: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": number,
        "claim": check["claim"],
        "method": _method(check),
        "trials": "–" if _method(check) in EXACT else integer(check["trials"]),
        "error": scientific(check["max_error"]),
        "tolerance": scientific(check["tolerance"]),
    }


def _method(check: dict[str, Any]) -> str:
    """`symbolic` or `exhaustive` where nothing was sampled; else how each case was compared."""
    method = check["method"]
    if method in EXACT:
        return method if check["trials"] == 1 else f"sampled, each {method}"
    compared = {"autograd": "autograd", "finite-difference": "finite differences"}
    return f"sampled, {compared.get(method, method)}"
