"""Repair files that are dated in the future, which Snakemake would misread."""

from __future__ import annotations

import os
import time
from pathlib import Path

SOURCES = ("src", "workflow", "report", "config.yaml")
"""What jobs are made from."""

_PAST = 1_000_000_000
"""A day in 2001, in seconds."""


def redate(root: str | Path = ".") -> str:
    """Give files that are dated in the future a new date; returns a message, or ''.

    They come from a clock that was ahead. A result would look newer than any source that is edited
    today, so it would never be made again: it is dated far in the past, and Snakemake compares what
    it depends on. A source would look newer than the results made from it, which Snakemake takes
    for a failure of the job: it is dated now.
    """
    now = time.time()
    dates = {"results": _PAST} | dict.fromkeys(SOURCES, now)
    late = 0
    for folder, date in dates.items():
        for path in (Path(root, folder), *Path(root, folder).rglob("*")):
            if os.path.lexists(path) and path.lstat().st_mtime > now + 60:
                os.utime(path, (date, date), follow_symlinks=False)
                late += 1
    if not late:
        return ""
    return (
        f"{late} files are dated in the future (was the clock changed?); they get a new date, and"
        " results are compared with what they depend on"
    )
