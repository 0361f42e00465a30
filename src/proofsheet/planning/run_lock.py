"""One run at a time in one folder.

Snakemake's own lock is a file that outlives a killed run and then wants `--unlock`. This one
belongs to the process: the operating system releases it when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
from pathlib import Path

_held: list[int] = []
_ADVICE = "make the folder writable, or run in a copy of the project that is"


def only_run_here(path: str | Path) -> None:
    """Take the lock for the life of this process, or end in one line if another run has it."""
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        sys.exit(f"proofsheet: {path} cannot be written ({error.strerror}); {_ADVICE}")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.read(descriptor, 32).decode(errors="replace").strip()
        os.close(descriptor)
        sys.exit(
            f"proofsheet: another run (process {other or 'unknown'}) is at work in {Path.cwd()};"
            " wait for it or stop it"
        )
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    _held.append(descriptor)


def writable_or_end(folder: str | Path) -> None:
    """End in one line if the folder exists and is not writable.

    Permissions alone do not tell: root may write anywhere but on a read-only disk.
    """
    if not Path(folder).is_dir():
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        sys.exit(f"proofsheet: {folder}/ cannot be written into ({error.strerror}); {_ADVICE}")
