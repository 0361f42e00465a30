"""Asking a client that is not ours: it may hang, drip or fail in its own words."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from proofsheet.data.sources.network import within
from proofsheet.jobs.errors import UserError

log = logging.getLogger("proofsheet")

ATTEMPTS = 3
WAIT = 1.0
"""Seconds before the second attempt; twice as many before the third."""

Result = TypeVar("Result")


def ask(client: Callable[[], Result], what: str, *, silence: float, deadline: float) -> Result:
    """`client()`, tried three times in all.

    Args:
        client: asks, and verifies what it was given.
        what: is asked, for messages.
        silence: seconds that a server may say nothing.
        deadline: seconds for one attempt as a whole.

    Raises:
        UserError: every attempt failed; with the last reason, in one line.
    """

    for number in range(1, ATTEMPTS + 1):
        try:
            with silence_ends(silence):
                return within(deadline, client)
        except Exception as error:  # a client lets through whatever its libraries raise
            reason = " ".join(f"{type(error).__name__}: {error}".split())
        log.info("data: %s: attempt %d of %d: %s", what, number, ATTEMPTS, reason)
        if number < ATTEMPTS:
            time.sleep(WAIT * 2 ** (number - 1))
    raise UserError(
        f"{what} could not be had in {ATTEMPTS} attempts: {reason}; try again later, or set"
        " data.mirror in config.yaml to a folder that holds the file"
    )


@contextmanager
def silence_ends(seconds: float) -> Iterator[None]:
    """A time-out for connections whose opener sets none."""
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(usual)
