"""UCI Dry Bean: 13,611 beans of seven varieties, sixteen features measured on photographs.

Whatever the source, one set of names: the features as in `bean_features.FEATURE_NAMES`, the
varieties in capitals and in alphabetical order.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from proofsheet.data.bean_features import FEATURE_NAMES, MEASURED, derived
from proofsheet.data.contract import Divided, Found, Info, from_mirror
from proofsheet.data.dataset import PARTS
from proofsheet.data.sources.client import ask
from proofsheet.data.sources.mirror import MANIFEST, Entry
from proofsheet.data.splits import FRACTIONS, first_occurrences, stratified_split
from proofsheet.data.standins import LICENSE, noise_beans, scaled
from proofsheet.jobs.errors import UserError

COUNTS = {
    "BARBUNYA": 1322,
    "BOMBAY": 522,
    "CALI": 1630,
    "DERMASON": 3546,
    "HOROZ": 1928,
    "SEKER": 2027,
    "SIRA": 2636,
}
"""Beans of each variety in the published data; 13,611 in all."""

INFO = Info(
    title="Dry Bean",
    version="UCI Machine Learning Repository, id 602",
    licence="CC BY 4.0",
    citation="Koklu and Özkan (2020), doi:10.1016/j.compag.2020.105507",
    class_names=tuple(COUNTS),
    feature_names=FEATURE_NAMES,
)

UCI_ID = 602
HOST = os.environ.get("PROOFSHEET_UCI_URL") or "https://archive.ics.uci.edu"
"""Where ucimlrepo asks; the environment variable PROOFSHEET_UCI_URL puts another in its place."""

WORKBOOK, SHEET = "Dry_Bean_Dataset.xlsx", "Dry_Beans_Dataset"
STANDIN_BEANS = 3000
DEADLINE = 90.0
"""Seconds that one attempt may take."""

# The published columns are rounded somewhere on their way; a digit that is wrong shows anyway.
_TOLERANCE = 1e-3
_OTHER_NAMES = {"aspectration": "AspectRatio"}
_NAMES = {name.lower(): name for name in (*FEATURE_NAMES, "Class")} | _OTHER_NAMES


def official(workspace: Path) -> Found:
    """Through `ucimlrepo`, whose server publishes no checksum: the content is verified instead."""

    def client() -> Found:
        table = _ask_client()
        arrays = verified_table(_cells(table), "the answer")
        text = table.to_csv(index=False).encode()
        record = {
            "name": f"ucimlrepo id {UCI_ID}, as CSV",
            "bytes": len(text),
            "sha256": hashlib.sha256(text).hexdigest(),
            "verified": "content: columns, counts per class, features that follow from others",
        }
        return Found(arrays, [record], official=True)

    what = f"Dry Bean (id {UCI_ID}) by ucimlrepo from {HOST}"
    return ask(client, what, deadline=DEADLINE)


def mirror(entry: Entry, workspace: Path) -> Found:
    """The workbook of a mirror, or UCI's zip with the workbook among the listed members."""
    name = entry.find(WORKBOOK) or entry.find("*.zip") or WORKBOOK
    if name.endswith(".zip"):
        unpacked = entry.unpack(name, Path(mkdtemp(dir=workspace)))
        path = next((p for p in unpacked.values() if p.name == WORKBOOK), None)
        if path is None:
            raise UserError(f"{entry.root / MANIFEST}: no member of {name} is {WORKBOOK}; list it")
    else:
        path = entry.file(name)
    return from_mirror(entry, lambda: verified_table(_read_workbook(path), str(path)), name)


def standin(seed: int) -> Found:
    """Random features about a mean for each variety."""
    x, y = noise_beans(scaled(tuple(COUNTS.values()), STANDIN_BEANS), seed)
    note = (
        f"{len(x):,} simulated beans: random numbers about a mean for each of seven varieties,"
        " with the published definitions among them; not the real data"
    )
    return Found({"x": x, "y": y}, [], official=False, note=note, licence=LICENSE)


def divide(found: Found, seed: int) -> Divided:
    """Duplicates removed, then 60/20/20, stratified.

    Of rows with equal `x` the first stays, so that no row is on two sides. Each part also has
    `row`, the place of its rows in the source, from which another seed can divide them again.
    """
    x, y = found.arrays["x"], found.arrays["y"]
    kept = first_occurrences(x)
    picked = stratified_split(y[kept], FRACTIONS, seed)
    parts = {
        name: {"x": x[kept[index]], "y": y[kept[index]], "row": kept[index]}
        for name, index in zip(PARTS, picked, strict=True)
    }
    facts = {
        "duplicates_removed": len(x) - len(kept),
        "split": "stratified by class, 60/20/20, duplicates removed before",
        "split_seed": seed,
    }
    return Divided(parts, facts)


def verified_table(columns: Mapping[str, Sequence[Any]], origin: str) -> dict[str, np.ndarray]:
    """Cells by column name to arrays, after everything known about the data has held.

    That is: the columns, numbers in every cell, known varieties, the published counts, ranges,
    and the ten features that are functions of the other six (see `bean_features`).

    Returns:
        x: (13611, 16) float64, columns in the order of `FEATURE_NAMES`.
        y: (13611,) int64, indices into `INFO.class_names`.

    Raises:
        ValueError: something does not hold; names `origin`, line and column.
    """
    named = {_NAMES.get(str(name).strip().lower(), str(name)): columns[name] for name in columns}
    wanted = {*FEATURE_NAMES, "Class"}
    if set(named) != wanted or len(columns) != len(wanted):
        missing, extra = sorted(wanted - set(named)), sorted(set(named) - wanted)
        raise ValueError(
            f"{origin} has other columns than the {len(wanted)} expected"
            f" (missing: {', '.join(missing) or 'none'}; unknown: {', '.join(extra) or 'none'})"
        )
    x = np.column_stack([_numbers(named[name], name, origin) for name in FEATURE_NAMES])
    y = _labels(named["Class"], origin)
    counts = dict(zip(COUNTS, np.bincount(y, minlength=len(COUNTS)).tolist(), strict=True))
    if counts != COUNTS:
        raise ValueError(
            f"{origin} has {len(y)} beans ({_listed(counts)}) where {sum(COUNTS.values())}"
            f" ({_listed(COUNTS)}) are expected"
        )
    _verify_geometry(x, origin)
    return {"x": x, "y": y}


def _numbers(cells: Sequence[Any], name: str, origin: str) -> np.ndarray:
    for line, cell in enumerate(cells, start=2):  # the first line has the names
        number = isinstance(cell, int | float) and not isinstance(cell, bool)
        if not number or not math.isfinite(cell) or cell <= 0:
            raise ValueError(
                f"{origin}: line {line} has {repr(cell) if cell == cell else 'nothing'} for {name}"
                " where a positive number is expected"
            )
    return np.array(cells, dtype=np.float64)


def _labels(cells: Sequence[Any], origin: str) -> np.ndarray:
    index = {name: i for i, name in enumerate(COUNTS)}
    labels = [str(cell).strip().upper() for cell in cells]
    for line, label in enumerate(labels, start=2):
        if label not in index:
            raise ValueError(
                f"{origin}: line {line} has {cells[line - 2]!r} for Class where one of"
                f" {', '.join(COUNTS)} is expected"
            )
    return np.array([index[label] for label in labels], dtype=np.int64)


def _verify_geometry(x: np.ndarray, origin: str) -> None:
    columns = dict(zip(FEATURE_NAMES, x.T, strict=True))
    for smaller, larger in (("MinorAxisLength", "MajorAxisLength"), ("Area", "ConvexArea")):
        _all_hold(columns[smaller] <= columns[larger], x, smaller, f"at most {larger}", origin)
    _all_hold(columns["Extent"] <= 1, x, "Extent", "at most 1", origin)
    expected = derived({name: columns[name] for name in MEASURED})
    for name, values in expected.items():
        holds = np.isclose(columns[name], values, rtol=_TOLERANCE, atol=0)
        _all_hold(holds, x, name, "what its definition gives from the other columns", origin)


def _all_hold(holds: np.ndarray, x: np.ndarray, name: str, expected: str, origin: str) -> None:
    if not holds.all():
        row = int(np.argmin(holds))
        value = x[row, FEATURE_NAMES.index(name)]
        raise ValueError(f"{origin}: line {row + 2} has {value:g} for {name}, expected {expected}")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _read_workbook(path: Path) -> dict[str, list[Any]]:
    """Cells by column name of the sheet with the beans."""
    import pandas

    try:
        # As they are: of texts only the empty one is no value.
        options = {"dtype": object, "na_values": [""], "keep_default_na": False}
        return _cells(pandas.read_excel(path, sheet_name=SHEET, **options))
    except Exception as error:  # a damaged workbook fails in zip, in XML or in between
        raise ValueError(f"{path} is not a readable workbook ({error})") from None


def _cells(table: Any) -> dict[str, list[Any]]:
    """The cells of a data frame by column name; an empty one is NaN."""
    return {name: table[name].tolist() for name in table}


def _ask_client() -> Any:
    """The data frame that `ucimlrepo` returns: features and class."""
    import ucimlrepo
    import ucimlrepo.fetch as client

    usual = client.API_BASE_URL
    client.API_BASE_URL = f"{HOST.rstrip('/')}/api/dataset"
    try:
        data = ucimlrepo.fetch_ucirepo(id=UCI_ID).data
    finally:
        client.API_BASE_URL = usual
    return data.features.join(data.targets)
