"""The table of a sweep: a row for each setting, mean and deviation over its seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proofsheet.report.numbers import fixed, integer, percent
from proofsheet.sweeps.grid import shown

NONE = "–"


def table(
    settings: Sequence[Mapping[str, Any]], mark: str = ""
) -> tuple[list[str], list[list[str]], str]:
    """Header, rows and alignment: parameters left, numbers right.

    Args:
        settings: as `sweeps.aggregated` gives them.
        mark: after every measured number.
    """
    names = list(settings[0]["parameters"])
    measured = [
        ("validation_accuracy", "Validation accuracy", percent),
        ("validation_loss", "Validation loss", fixed),
    ]
    measured = [entry for entry in measured if entry[0] in settings[0]["metrics"]]
    header = [*(name.replace("_", " ") for name in names), "Runs"]
    for _, title, _ in measured:
        header += [title, "Deviation"]
    rows = []
    for entry in settings:
        row = [*(shown(entry["parameters"][name]) for name in names), integer(entry["runs"])]
        for key, _, written in measured:
            spread = entry["metrics"][key]
            for number in (spread["mean"], spread["deviation"]):
                row.append(NONE if number is None else written(number) + mark)
        rows.append(row)
    return header, rows, "l" * len(names) + "r" * (len(header) - len(names))
