"""Report Ctrl-C in one line instead of Snakemake's traceback."""

from __future__ import annotations

import logging
import sys
from types import TracebackType


def end_quietly() -> None:
    """Let an interrupt that nobody handles end this process in one line, not in a traceback."""
    # The live view of jobs stumbles over the log of a job that ended before it had one.
    logging.raiseExceptions = False
    usual = sys.excepthook

    def tell(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            print("proofsheet: stopped; run the same command again to go on", file=sys.stderr)
        else:
            usual(kind, error, traceback)

    sys.excepthook = tell
