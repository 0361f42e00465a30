"""Record what each job wrote, so that `planning.tampering` finds a result that was edited later."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from proofsheet.jobs.atomic_files import checksum, write_json

RECORDS = Path("results/.made")


def record(outputs: Iterable[str | Path], root: str | Path = ".") -> None:
    """Remember size, time and SHA-256 of what a job has written below `results`."""
    files = {name: _seen(Path(root, name)) for name in _names(outputs, root)}
    if files:
        write_json(_place(outputs, root), files)


def forget(outputs: Iterable[str | Path], root: str | Path = ".") -> None:
    """Drop the record of a job that begins anew."""
    if _names(outputs, root):
        _place(outputs, root).unlink(missing_ok=True)


def _seen(path: Path) -> tuple[int, int, str]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, checksum(path)


def _names(outputs: Iterable[str | Path], root: str | Path) -> list[str]:
    """Those outputs that are files, or may become files, of the results folder."""
    names = [os.fspath(output) for output in outputs]
    return [n for n in names if n.startswith("results/") and not Path(root, n).is_dir()]


def _place(outputs: Iterable[str | Path], root: str | Path) -> Path:
    """The record's path: the same for one job's outputs whenever it is asked."""
    first = min(map(os.fspath, outputs)).removeprefix("results/")
    return Path(root, RECORDS, f"{first.replace('/', '+')}.json")
