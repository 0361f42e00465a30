"""What the workflow made is what is there: a result that was edited by hand is refused by name.

Snakemake sees that a result is newer than another, not that it is no longer what its job wrote.
So every job leaves a record of its outputs in `results/.made`, and a run compares before its
first job. A result that was deleted is made again; one that was changed stops the run, so that no
number in the PDF comes from anything but the code.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path

from proofsheet.errors import UserError
from proofsheet.files import checksum, write_json

RECORDS = Path("results/.made")
SOURCES = ("src", "workflow", "report", "config.yaml")
"""What jobs are made from."""

_PAST = 1_000_000_000
"""A day in 2001, in seconds."""


def record(outputs: Iterable[str | Path], root: str | Path = ".") -> None:
    """Remember size, time and SHA-256 of what a job has written below `results`."""
    files = {name: _seen(Path(root, name)) for name in _names(outputs, root)}
    if files:
        write_json(_place(outputs, root), files)


def forget(outputs: Iterable[str | Path], root: str | Path = ".") -> None:
    """Drop the record of a job that begins anew."""
    if _names(outputs, root):
        _place(outputs, root).unlink(missing_ok=True)


def refuse_edited(root: str | Path = ".") -> None:
    """Compare every result that is there with its record.

    A file of the same size and time counts as unchanged; of any other the bytes decide, so that a
    copied or touched one is accepted. It may be listed in several records: whichever job wrote it
    is right.

    Raises:
        UserError: a result was changed after its job; named, with what to do.
    """
    wrote: dict[str, list[tuple[int, int, str]]] = {}
    for place in sorted(Path(root, RECORDS).glob("*.json")):
        try:
            files = dict(json.loads(place.read_text(encoding="utf-8")))
            for name, (size, written, digest) in files.items():
                wrote.setdefault(name, []).append((int(size), int(written), str(digest)))
        except (ValueError, TypeError):
            raise UserError(
                f"{place} is damaged, so what it records cannot be compared; delete it and the"
                f" results of {place.stem.replace('+', '/')}, and run again"
            ) from None
    for name, versions in wrote.items():
        path = Path(root, name)
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue  # deleted: Snakemake makes it again
        # A job that is cut otherwise, as a sweep's may be, leaves the record of its former cut.
        if any((stat.st_size, stat.st_mtime_ns) == version[:2] for version in versions):
            continue
        digests = {digest for size, _, digest in versions if size == stat.st_size}
        if not digests or checksum(path) not in digests:
            raise UserError(
                f"{name} is not what its job wrote (it was edited or cut short); delete it and"
                " run again to rebuild it, or put the original back"
            )


def redate(root: str | Path = ".") -> int:
    """Give files that are dated in the future a date that is not; how many there were.

    They come from a clock that was ahead. A result would look newer than any source that is edited
    today, and stay as it is: it is put far into the past, so that Snakemake compares what it
    depends on. A source would be newer than whatever is made from it, which Snakemake takes for a
    failure of the job: it is dated now.
    """
    now = time.time()
    dates = {"results": _PAST} | dict.fromkeys(SOURCES, now)
    found = 0
    for folder, date in dates.items():
        for path in (Path(root, folder), *Path(root, folder).rglob("*")):
            if os.path.lexists(path) and path.lstat().st_mtime > now + 60:
                os.utime(path, (date, date), follow_symlinks=False)
                found += 1
    return found


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
