"""What every script of the workflow does around its own work: log, seed, fail in one line."""

from __future__ import annotations

import errno
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from proofsheet.jobs.errors import UserError
from proofsheet.jobs.result_hashes import forget, record, refuse_quick

_SPACE = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def run(snakemake: Any) -> Iterator[logging.Logger]:
    """Open the rule's log and turn a user's mistake into one line and exit status 1.

    Messages go to the rule's `log:` file, warnings also to the terminal; what libraries warn their
    own users of, such as a deprecated function, goes to the file only. Anything that is not
    a `UserError` leaves its traceback in the log and its last line on the terminal. What the job
    has written is recorded, so that a later change by hand is found (see `made`).
    """
    # A full disk must not add a traceback for the log.
    logging.raiseExceptions = False
    log = logging.getLogger("proofsheet")
    log.setLevel(logging.INFO)
    log.propagate = logging.getLogger("py.warnings").propagate = False
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.WARNING)
    terminal.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(terminal)
    outputs = _files(snakemake, "output")
    preset = getattr(getattr(snakemake, "params", None), "preset", "")
    try:
        if snakemake.log:
            file = logging.FileHandler(str(snakemake.log[0]), mode="w", encoding="utf-8")
            file.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
            log.addHandler(file)
            logging.captureWarnings(True)
            logging.getLogger("py.warnings").addHandler(file)
        forget(outputs)
        _sweep(outputs)
        if preset == "full":
            refuse_quick(_files(snakemake, "input"))
        yield log
        record(outputs, preset=preset)
    except Exception as error:
        told = _disk(error)
        if told or isinstance(error, UserError):
            log.error("%s: %s", snakemake.rule, told or error)
        else:
            where = f" (traceback in {snakemake.log[0]})" if snakemake.log else ""
            told = " ".join(str(error).split())
            log.error("%s: %s: %s%s", snakemake.rule, type(error).__name__, told, where)
            log.info("traceback", exc_info=True)
        sys.exit(1)
    finally:
        logging.captureWarnings(False)
        logging.getLogger("py.warnings").handlers.clear()
        logging.shutdown()
        log.handlers.clear()  # another script may follow in this process


def set_threads(threads: int) -> None:
    """Give torch the threads that the rule declares."""
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    os.environ["OMP_NUM_THREADS"] = str(threads)


def _files(snakemake: Any, kind: str) -> list[str]:
    """Input or output files, named or not, also of a stand-in for `snakemake` in a test."""
    files = getattr(snakemake, kind, [])
    lists = [files] if isinstance(files, list) else vars(files).values()
    return [
        str(path) for paths in lists for path in (paths if isinstance(paths, list) else [paths])
    ]


def _disk(error: BaseException | None) -> str:
    """What to tell if the disk is behind an error, however it was wrapped; else ''."""
    while error is not None:
        name = getattr(error, "filename", None)
        code = error.errno if isinstance(error, OSError) else None
        if code in _SPACE or os.strerror(errno.ENOSPC) in str(error):
            return (
                f"the disk is full{f' ({name})' if name else ''}; free some space and run again:"
                " what is finished is kept, and nothing half-written is taken for done"
            )
        if code == errno.EROFS:
            return f"{name or 'the disk'} is read-only; make it writable and run again"
        error = error.__cause__ or error.__context__
    return ""


def _sweep(outputs: list[str]) -> None:
    """Remove what an earlier attempt at these outputs left when it was killed."""
    for path in map(Path, outputs):
        left = re.compile(rf"\.{re.escape(path.stem)}-\w{{8}}\.part{re.escape(path.suffix)}")
        for file in path.parent.glob(f".{path.stem}-*"):
            if left.fullmatch(file.name):
                file.unlink(missing_ok=True)
