"""Downloads that are whole and right, or have not happened.

A file is written under a temporary name, compared with its checksum and then renamed, so that
nothing half-written is ever taken for done, even after a power cut. What a network does to a
transfer (errors, a connection cut short, delays, other bytes) is tried again, three times in all.
"""

from __future__ import annotations

import hashlib
import http.client
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from proofsheet.errors import UserError
from proofsheet.files import checksum, replacing

log = logging.getLogger("proofsheet")

RETRIES = 3
TIMEOUT = 30.0
WAIT = 1.0
"""Seconds before the second attempt; twice as many before the third."""

Result = TypeVar("Result")


class TransferError(Exception):
    """An attempt that failed in a way that another attempt may not."""


def download(
    url: str,
    path: str | Path,
    *,
    sha256: str | None = None,
    md5: str | None = None,
    retries: int = RETRIES,
    timeout: float = TIMEOUT,
    wait: float = WAIT,
) -> Path:
    """Fetch `url` into the file `path` and return it; a file that is there and right is kept.

    Args:
        url: http or https.
        path: destination; its folder is made.
        sha256, md5: the checksum that the bytes must have; one is needed, sha256 counts first.
        retries: attempts in all.
        timeout: seconds that the server may be silent.
        wait: seconds before the second attempt, doubled before each further one.

    Raises:
        UserError: no checksum is known, or no attempt gave the right bytes. `path` is then as it
            was before.
    """
    path = Path(path)
    algorithm, expected = ("sha256", sha256) if sha256 else ("md5", md5)
    if not expected:
        raise UserError(
            f"{path}: no checksum is known for {url}, and a file without one is not used; add its"
            " sha256 where the dataset lists its files"
        )
    if not url.startswith(("http://", "https://")):
        raise UserError(f"{path}: '{url}' is not an address; allowed: http:// or https://")
    expected = expected.lower()
    if path.is_file() and checksum(path, algorithm) == expected:
        return path

    def attempt() -> None:
        digest = hashlib.new(algorithm)
        with replacing(path) as temporary:
            with temporary.open("wb") as file:
                _fetch(url, timeout, lambda block: (file.write(block), digest.update(block)))
            if digest.hexdigest() != expected:
                raise TransferError(
                    f"expected {algorithm} {expected}, found {digest.hexdigest()}"
                    f" ({temporary.stat().st_size} bytes)"
                )

    retrying(attempt, what=f"{path.name} from {url}", retries=retries, wait=wait)
    return path


def retrying(
    attempt: Callable[[], Result], *, what: str, retries: int = RETRIES, wait: float = WAIT
) -> Result:
    """`attempt()`, again after each `TransferError`, `retries` times in all.

    Raises:
        UserError: the last attempt failed too; with its reason.
    """
    for number in range(1, retries + 1):
        try:
            return attempt()
        except TransferError as error:
            log.info("data: %s: attempt %d of %d: %s", what, number, retries, error)
            if number == retries:
                raise UserError(
                    f"{what} could not be had in {retries} attempts: {error}; try again later, or"
                    " set data.mirror in config.yaml to a folder that holds the file"
                ) from None
            time.sleep(wait * 2 ** (number - 1))
    raise ValueError("retries must be at least 1")


def _fetch(url: str, timeout: float, take: Callable[[bytes], object]) -> None:
    """Hand the body of `url` to `take`, block by block."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            announced = response.headers.get("Content-Length")
            received = 0
            while block := response.read(1 << 20):
                received += len(block)
                take(block)
    except urllib.error.HTTPError as error:
        told = f"the server answers {error.code} {error.reason}"
        if error.code < 500 and error.code not in (408, 429):
            raise UserError(f"{url}: {told}; correct the address, or use a mirror") from None
        raise TransferError(told) from None
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise TransferError(str(getattr(error, "reason", error)) or type(error).__name__) from None
    # `read(size)` of a connection that was cut ends without an error.
    if announced and announced.isdigit() and received != int(announced):
        raise TransferError(f"expected {announced} bytes, found {received}: the transfer was cut")
