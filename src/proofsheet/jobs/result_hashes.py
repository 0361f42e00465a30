"""Record what each job wrote, and with which preset.

`planning.tampering` finds a result that was edited later, and `refuse_quick` one of a quick run
that a full run would take for its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from proofsheet.jobs.atomic_files import checksum, write_json
from proofsheet.jobs.errors import UserError

RECORDS = Path("results/.made")


def record(outputs: Iterable[str | Path], root: str | Path = ".", preset: str = "") -> None:
    """Remember size, time, SHA-256 and preset of what a job has written below `results`."""
    files = {name: (*_seen(Path(root, name)), preset) for name in _names(outputs, root)}
    if files:
        write_json(_place(outputs, root), files)


def forget(outputs: Iterable[str | Path], root: str | Path = ".") -> None:
    """Drop the record of a job that begins anew."""
    if _names(outputs, root):
        _place(outputs, root).unlink(missing_ok=True)


def refuse_quick(inputs: Iterable[str | Path], root: str | Path = ".") -> None:
    """For a job of a full run: no input may come from a quick run.

    Snakemake makes results anew when the preset changes, but not after `.snakemake` was deleted or
    files were touched.

    Raises:
        UserError: an input was written by a quick run; named, with what to delete.
    """
    names = set(_names(inputs, root))
    for place in sorted(Path(root, RECORDS).glob("*.json")):
        try:
            files = json.loads(place.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue  # its job begins anew
        for name in sorted(names & files.keys()):
            if "quick" in files[name] and _is(Path(root, name), files[name]):
                owner = name.removeprefix("results/").removeprefix("notebooks/").split("/")[0]
                raise UserError(
                    f"{name} was made by a quick run, but this run is full; delete"
                    f" results/{owner} and results/notebooks/{owner}, and run again"
                )


def _is(path: Path, recorded: Sequence[int | str]) -> bool:
    """Is a file, perhaps copied or touched since, the one that was recorded?"""
    size, written, digest = recorded[:3]
    stat = path.stat()
    return stat.st_size == size and (stat.st_mtime_ns == written or checksum(path) == digest)


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
