"""Trainings in which the images grow from epoch to epoch, in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from proofsheet.report.enumeration import listed


def growth(sides: Sequence[int], epochs: int, whole: int = 32) -> dict[str, Any]:
    """How the images grow during a training.

    Args:
        sides: pixels of their side in the first epochs, one number for each.
        epochs: in all.
        whole: the side in the epochs that follow.

    Returns:
        A sentence, `says`, and `share`: of the places that are computed on, beside a training on
        whole images throughout.
    """
    each = [*sides, *[whole] * (epochs - len(sides))][:epochs]
    runs = [(side, len(list(equal))) for side, equal in groupby(each)]
    which = ["the first", *["the next"] * (len(runs) - 2), "the last"]
    parts = [
        f"{name} {_epochs(count)} {side} × {side}"
        for name, (side, count) in zip(which, runs, strict=False)
    ]
    says = (
        f"{listed(parts)} pixels" if len(runs) > 1 else f"all epochs see {whole} × {whole} pixels"
    )
    return {"says": says, "share": sum((side / whole) ** 2 for side in each) / epochs}


def _epochs(count: int) -> str:
    return "epoch sees" if count == 1 else f"{count} epochs see"
