"""Asking a client that is not ours: it may hang, drip or fail in its own words."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from proofsheet.data.download import TransferError, retrying
from proofsheet.data.sources.network import within

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

    def attempt() -> Result:
        try:
            with silence_ends(silence):
                return within(deadline, client)
        except Exception as error:  # a client lets through whatever its libraries raise
            raise TransferError(" ".join(f"{type(error).__name__}: {error}".split())) from None

    return retrying(attempt, what=what)


@contextmanager
def silence_ends(seconds: float) -> Iterator[None]:
    """A time-out for connections whose opener sets none."""
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(usual)
