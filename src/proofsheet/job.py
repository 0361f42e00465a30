"""What every script of the workflow does around its own work: log, seed, fail in one line."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from proofsheet.errors import UserError


@contextmanager
def start(snakemake: Any) -> Iterator[logging.Logger]:
    """Open the rule's log and turn a user's mistake into one line and exit status 1.

    Messages go to the rule's `log:` file, warnings also to the terminal. Anything that is not
    a `UserError` leaves its traceback in the log and its last line on the terminal.
    """
    log = logging.getLogger("proofsheet")
    log.setLevel(logging.INFO)
    log.propagate = False
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.WARNING)
    terminal.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(terminal)
    if snakemake.log:
        file = logging.FileHandler(str(snakemake.log[0]), mode="w", encoding="utf-8")
        file.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        log.addHandler(file)
    try:
        yield log
    except UserError as error:
        log.error("%s: %s", snakemake.rule, error)
        sys.exit(1)
    except Exception as error:
        where = f" (traceback in {snakemake.log[0]})" if snakemake.log else ""
        log.error("%s: %s: %s%s", snakemake.rule, type(error).__name__, error, where)
        log.info("traceback", exc_info=True)
        sys.exit(1)
    finally:
        logging.shutdown()


def set_threads(threads: int) -> None:
    """Give torch the threads that the rule declares (torch must be installed)."""
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    os.environ["OMP_NUM_THREADS"] = str(threads)
