"""What both classifiers of beans have in common (CSCI 5527 HW 2, problem 4), from the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proofsheet.report.numbers import integer, percent


def mistakes_of_both(first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """Hardest class and top mistake of (a) and (b), in a sentence that says once what is equal."""
    hard, top = ([run[key] for run in (first, second)] for key in ("hardest", "top_mistake"))
    recalls = [percent(one["recall"]) for one in hard]
    if hard[0]["name"] == hard[1]["name"]:
        found = (
            f"Both find {hard[0]['name']} least often"
            f" (recall {recalls[0]} for (a), {recalls[1]} for (b))"
        )
    else:
        found = (
            f"The class found least often is {hard[0]['name']} for (a) (recall {recalls[0]})"
            f" and {hard[1]['name']} for (b) ({recalls[1]})"
        )
    takes = [f"to take {one['actual']} for {one['called']}" for one in top]
    counts = [integer(one["count"]) for one in top]
    shares = [percent(one["pair_share"]) for one in top]
    if takes[0] == takes[1]:
        taken = (
            f"the most frequent mistake of both is {takes[0]} ({counts[0]} and {counts[1]} rows;"
            f" with the reverse, {shares[0]} and {shares[1]} of the errors)"
        )
    else:
        taken = (
            f"the most frequent mistake of (a) is {takes[0]} ({counts[0]} rows; with the reverse,"
            f" {shares[0]} of its errors), that of (b) {takes[1]} ({counts[1]} rows;"
            f" with the reverse, {shares[1]})"
        )
    return f"{found}, and {taken}"
