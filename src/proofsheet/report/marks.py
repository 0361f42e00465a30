"""The numbered marks of verified derivations, and the table of checks that they link to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from proofsheet.report.chapter import Chapter
from proofsheet.report.numbers import integer, scientific
from proofsheet.report.results import Outcome

CHECK = re.compile(r"([\w-]+\.[\w-]+)\.checks\.([\w-]+)")
PROVED = {
    "symbolic": "symbolic",
    "exhaustive": "exhaustive",
    "exact": "by exact identities",
}
"""Methods that sample nothing: as the cover counts them."""


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
    methods = [check["method"] if _proved(check) else "sampled" for check in checks]
    if not methods:
        return ""
    proved = [(words, methods.count(method)) for method, words in PROVED.items()]
    counts = [f"{count} {words}" for words, count in proved if count]
    sampled = len(methods) - sum(count for _, count in proved)
    if sampled:
        counts.append(f"{sampled} on sampled cases")
    noun = "check" if len(methods) == 1 else "checks"
    return f"{len(methods)} {noun} passed: {', '.join(counts)}."


def _row(number: int, check: dict[str, Any]) -> dict[str, Any]:
    once = _proved(check) and check["method"] != "exact"
    return {
        "number": number,
        "claim": check["claim"],
        "method": _method(check),
        "trials": "–" if once else integer(check["trials"]),
        "error": scientific(check["max_error"]),
        "tolerance": scientific(check["tolerance"]),
    }


def _proved(check: dict[str, Any]) -> bool:
    """Exact identities repeat to make sure; the other methods prove in one trial or sample."""
    return check["method"] in PROVED and (check["trials"] == 1 or check["method"] == "exact")


def _method(check: dict[str, Any]) -> str:
    """How the claim was proved; else how each sampled case was compared."""
    method = check["method"]
    if method == "exact":
        return f"exact identity, d ≤ {integer(check['degree'])}"
    if _proved(check):
        return method
    if method in PROVED:
        return f"sampled, each {method}"
    compared = {"autograd": "autograd", "finite-difference": "finite differences"}
    return f"sampled, {compared.get(method, method)}"
