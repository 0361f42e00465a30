"""Nets with and without batch norm over the scales of their initial weights, compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from proofsheet.learning.accuracy_difference import accuracy_difference


def compare_scales(found: Mapping[str, Any], images: int) -> dict[str, Any]:
    """Where the plain net is ahead of the one with batch norm, and how their best values differ.

    Args:
        found: for `plain` and `normalized` the `train_accuracy` and `validation_accuracy` at each
            scale, from the smallest to the largest, and the `best_validation_accuracy`.
        images: for validation.

    Returns:
        `plain_ahead`: at how many scales the plain net has the higher accuracy, in `train` and in
        `validation`, and at how many of the `largest` scales in a row in training (0: not at the
        largest one); `best_validation`: the `difference` that batch norm makes to the best
        validation accuracy, and its `standard_error`.
    """
    ahead = {
        part: [
            plain > normalized
            for plain, normalized in zip(
                found["plain"][f"{part}_accuracy"],
                found["normalized"][f"{part}_accuracy"],
                strict=True,
            )
        ]
        for part in ("train", "validation")
    }
    best = (found[kind]["best_validation_accuracy"] for kind in ("plain", "normalized"))
    return {
        "plain_ahead": {
            "train": sum(ahead["train"]),
            "validation": sum(ahead["validation"]),
            "largest": _leading(ahead["train"][::-1]),
        },
        "best_validation": accuracy_difference(*best, images),
    }


def _leading(flags: Sequence[bool]) -> int:
    """How many of the flags are true before the first that is not."""
    return len(list(takewhile(bool, flags)))
