"""Download a dataset of Kaggle through its own client, which needs a token of an account.

The client reads the token: it is in no argument of ours. What the client prints is dropped, and of
what it raises only the kind is told, since its text may hold the token or a signed address.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TypeVar

from proofsheet.data.sources.client import ask
from proofsheet.jobs.errors import UserError

Result = TypeVar("Result")

HOST = "https://api.kaggle.com"
SETTINGS = "https://www.kaggle.com/settings"
DEADLINE = 1500.0
"""Seconds that one attempt may take."""

ELSE = "or set data.mirror in config.yaml to a folder that holds the files"
ADVICE = {
    401: f"Kaggle refuses the token (401); make a new one at {SETTINGS} (section API) and put it"
    " into ~/.kaggle/access_token",
    403: "Kaggle forbids the download (403); log in, accept the terms at {page}, or make a new"
    f" token at {SETTINGS} if this one is not of your account",
    404: "Kaggle has no such dataset or version (404); see whether {page} was moved",
    429: "Kaggle has had too many requests from this account (429); run again in an hour",
}
"""What to do about an HTTP status that another attempt does not change."""


def dataset(handle: str, title: str, folder: Path, read: Callable[[Path], Result]) -> Result:
    """Download a dataset's archive and hand its path to `read`.

    An interrupted download stays in `folder`, and the next call resumes it, in another process
    too. The archive is removed when it has been read, or when it cannot be.

    Args:
        handle: `owner/dataset/version`.
        folder: for the archive; nothing else is in it.
        read: makes arrays of the archive; an exception of it counts as damage.

    Raises:
        UserError: there is no token, it is refused, or no attempt gave the data; in one line.
    """
    check_token()
    archive = folder / f"{handle.split('/')[1]}.zip"
    busy = threading.Lock()

    def client() -> Result:
        # An attempt that ran out of time may still be writing into the file.
        if not busy.acquire(blocking=False):
            raise UserError(f"{title}: {DEADLINE:g} s were not enough; run again to resume, {ELSE}")
        try:
            _download(handle, title, folder)
            try:
                return read(archive)
            finally:
                archive.unlink(missing_ok=True)
        finally:
            busy.release()

    folder.mkdir(parents=True, exist_ok=True)
    what = f"{title} by kaggle from {HOST}"
    try:
        # What the client prints is dropped: with VERBOSE set that is the token.
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()), _config_dir():
            return ask(client, what, deadline=DEADLINE)
    finally:
        if not any(folder.iterdir()):
            folder.rmdir()


def _download(handle: str, title: str, folder: Path) -> None:
    import kaggle  # tries to log in, and says nothing where it cannot

    try:
        kaggle.api.authenticate()
        kaggle.api.dataset_download_files(handle, path=str(folder), quiet=True)
    except SystemExit:  # as the client ends where no token is accepted
        raise UserError(f"{title}: {ADVICE[401]}, {ELSE}") from None
    except Exception as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if status in ADVICE:
            page = f"https://www.kaggle.com/datasets/{handle.rpartition('/')[0]}"
            raise UserError(f"{title}: {ADVICE[status].format(page=page)}, {ELSE}") from None
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
        said = f", HTTP status {status}" if status else ""
        raise RuntimeError(f"{type(error).__name__}{said}") from None


def check_token() -> None:
    """Is there a token for the client?

    Raises:
        UserError: there is none, with where to get one and where to put it; or a kaggle.json has
            no key.
    """
    names = ("access_token", "access_token.txt", "credentials.json")
    files = [Path.home() / ".kaggle" / name for name in names]
    files += [folder / "kaggle.json" for folder in _config_dirs()]
    variables = [os.environ.get(name) for name in ("KAGGLE_API_TOKEN", "KAGGLE_KEY")]
    if not any(variables) and not any(path.is_file() for path in files):
        raise UserError(
            f"Kaggle needs a token and none was found; make one at {SETTINGS} (section API) and"
            " put it into the environment variable KAGGLE_API_TOKEN, or into one of the files"
            " ~/.kaggle/access_token, ~/.kaggle/kaggle.json and ~/.config/kaggle/kaggle.json,"
            f" {ELSE}"
        )
    for path in filter(Path.is_file, files[len(names) :]):
        try:
            key = json.loads(path.read_text(encoding="utf-8-sig"))["key"]
        except (ValueError, KeyError, TypeError):
            key = None
        if not isinstance(key, str) or not key:
            raise UserError(
                f"{path} is not a Kaggle token: it has no 'key'; make a new one at {SETTINGS}"
                " (section API)"
            )


def _config_dirs() -> list[Path]:
    if own := os.environ.get("KAGGLE_CONFIG_DIR"):
        return [Path(own)]
    usual = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return [Path.home() / ".kaggle", Path(usual) / "kaggle"]


@contextmanager
def _config_dir() -> Iterator[None]:
    """Let the client find a kaggle.json in either folder: an empty ~/.kaggle hides the other."""
    folder = next((folder for folder in _config_dirs() if (folder / "kaggle.json").is_file()), None)
    before = os.environ.get("KAGGLE_CONFIG_DIR")
    if folder:
        os.environ["KAGGLE_CONFIG_DIR"] = str(folder)
    try:
        yield
    finally:
        if folder and before is None:
            del os.environ["KAGGLE_CONFIG_DIR"]
