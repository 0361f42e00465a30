"""Call the client of a dataset with retries and a deadline, and see whether its host answers."""

from __future__ import annotations

import errno
import logging
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

from proofsheet.jobs.errors import UserError

log = logging.getLogger("proofsheet")

ATTEMPTS = 3
WAIT = 1.0
"""Seconds before the second attempt; twice as many before the third."""

SILENCE = 30.0
"""Seconds that a server may say nothing, where the client sets no time-out."""

PATIENCE = 4.0
"""Seconds within which a host that is there answers."""

Result = TypeVar("Result")


def ask(client: Callable[[], Result], what: str, *, deadline: float) -> Result:
    """`client()`, tried three times in all.

    Args:
        client: fetches and verifies; a UserError of it is final.
        deadline: seconds for one attempt as a whole.

    Raises:
        UserError: every attempt failed; with the last reason, in one line.
        OSError: the disk is full; said by the job in one line.
    """
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENCE)
    try:
        for number in range(1, ATTEMPTS + 1):
            try:
                return within(deadline, client)
            except UserError:
                raise
            except Exception as error:  # a client lets through whatever its libraries raise
                if getattr(error, "errno", None) == errno.ENOSPC:
                    raise  # waiting frees no space
                reason = " ".join(f"{type(error).__name__}: {error}".split())
            log.info("data: %s: attempt %d of %d: %s", what, number, ATTEMPTS, reason)
            if number < ATTEMPTS:
                time.sleep(WAIT * 2 ** (number - 1))
    finally:
        socket.setdefaulttimeout(usual)
    raise UserError(
        f"{what} could not be fetched in {ATTEMPTS} attempts: {reason}; try again later, or set"
        " data.mirror in config.yaml to a folder that holds the file"
    )


def within(seconds: float, function: Callable[[], Result]) -> Result:
    """`function()`, or a `TimeoutError` after `seconds`.

    It runs in a daemon thread, because no time-out bounds a name look-up or a server that sends a
    byte now and then. A call that has run out of time is abandoned and ends with the process.
    """
    outcome: dict[str, Any] = {}

    def call() -> None:
        try:
            outcome["result"] = function()
        except BaseException as error:  # raised again below, in the thread that waits
            outcome["error"] = error

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"no answer within {seconds:g} seconds")
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]


def unreachable(url: str, *, strict: bool = False, patience: float = PATIENCE) -> str:
    """Why nothing answers at `url`, or '' if something does; known within `patience` seconds.

    Any answer counts, an error too, since the client of the dataset tries several times. With
    `strict` a server that is out of order or asks for patience does not count.
    """

    def ask_once() -> None:
        request = urllib.request.Request(url, method="GET" if strict else "HEAD")
        urllib.request.urlopen(request, timeout=patience).close()

    try:
        within(patience, ask_once)
    except urllib.error.HTTPError as error:
        bad = strict and (error.code >= 500 or error.code == 429)
        return f"HTTP status {error.code}" if bad else ""
    except urllib.error.URLError as error:
        return "" if isinstance(error.reason, ssl.SSLError) else f"{error.reason}"
    except Exception as error:
        return str(error) or type(error).__name__
    return ""
