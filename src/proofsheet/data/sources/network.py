"""Is there a network, and nothing that waits for ever."""

from __future__ import annotations

import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")

PATIENCE = 4.0
"""Seconds within which a host that is there answers."""


def within(seconds: float, function: Callable[[], Result]) -> Result:
    """`function()`, or a `TimeoutError` after `seconds`.

    It runs in a thread of its own, since looking up a name, or a server that sends a byte now
    and then, is bound by no time-out. A call that has run out of time is left to itself, and ends
    with the process at the latest.
    """
    outcome: dict[str, Any] = {}

    def call() -> None:
        try:
            outcome["result"] = function()
        except BaseException as error:  # handed on below, to the thread that waits
            outcome["error"] = error

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"no answer within {seconds:g} seconds")
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]


def unreachable(url: str, seconds: float = PATIENCE) -> str:
    """Why nothing answers at `url`, or '' if something does; known within `seconds`.

    Any answer counts, an error too: whether it is of use, the client of the dataset finds out.
    """

    def ask() -> None:
        request = urllib.request.Request(url, method="HEAD")
        with urllib.request.urlopen(request, timeout=seconds):
            pass

    try:
        within(seconds, ask)
    except urllib.error.HTTPError:
        return ""
    except urllib.error.URLError as error:
        return "" if isinstance(error.reason, ssl.SSLError) else f"{error.reason}"
    except (OSError, ValueError) as error:
        return str(error) or type(error).__name__
    except Exception as error:  # an answer that is not HTTP
        return f"{type(error).__name__}: {error}"
    return ""
