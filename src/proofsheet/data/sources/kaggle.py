"""Datasets of Kaggle, through its own client, which wants a token of an account.

The token is read by the client, from the environment or from `~/.kaggle`; it is in no argument, and
whatever the client says is cleared of it before it is told or logged.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

from proofsheet.data.sources.client import ask
from proofsheet.jobs.errors import UserError

Result = TypeVar("Result")

HOST = "https://api.kaggle.com"
SETTINGS = "https://www.kaggle.com/settings"
SILENCE, DEADLINE = 30.0, 1500.0
"""Seconds: that a server may say nothing, that one attempt may take."""


def dataset(handle: str, title: str, workspace: Path, read: Callable[[Path], Result]) -> Result:
    """Download a dataset's archive, unpack it, and hand the folder to `read`.

    Args:
        handle: `owner/dataset/versions/number`.
        title: for messages.
        workspace: folder for the files; they are removed when they have been read.
        read: makes arrays of the unpacked folder; a ValueError of it counts as damage.

    Raises:
        UserError: there is no token, it is refused, or no attempt gave the data; in one line.
    """
    secrets = token()

    def client() -> Result:
        import kagglehub

        folder = Path(mkdtemp(dir=workspace))  # its own, should an attempt before still be writing
        try:
            kagglehub.dataset_download(handle, output_dir=str(folder), force_download=True)
            return read(folder)
        except UserError:
            raise
        except Exception as error:
            # Addresses of the storage behind Kaggle carry signatures.
            raise RuntimeError(cleared(f"{type(error).__name__}: {error}", secrets)) from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    try:
        return ask(client, f"{title} by kagglehub from {HOST}", silence=SILENCE, deadline=DEADLINE)
    except UserError as error:
        if re.search(r"\b40[13]\b", str(error)):
            raise UserError(
                f"{title}: Kaggle refuses the token that was found; make a new one at {SETTINGS}"
                " (section API) and put it into ~/.kaggle/access_token, or set data.mirror in"
                " config.yaml to a folder that holds the files"
            ) from None
        raise


def token() -> list[str]:
    """The secrets that the client will use, to clear messages of them.

    Raises:
        UserError: there are none, with where to get one and where to put it.
    """
    try:
        from kagglehub.config import get_kaggle_credentials
    except ImportError:
        raise UserError(
            "Kaggle's client kagglehub is not installed; install it, or set data.mirror in"
            " config.yaml to a folder that holds the files"
        ) from None
    logging.getLogger("kagglehub").setLevel(logging.ERROR)
    try:
        found: Any = get_kaggle_credentials()
    except ValueError as error:  # names the file, not what is in it
        raise UserError(f"{error}; make a new token at {SETTINGS} (section API)") from None
    secrets = [found.key, found.api_key] if found else []
    if not any(secrets):
        raise UserError(
            f"Kaggle wants a token and none was found; make one at {SETTINGS} (section API) and"
            " put it into the file ~/.kaggle/access_token, or into the environment variable"
            " KAGGLE_API_TOKEN; without an account set data.mirror in config.yaml to a folder"
            " that holds the files"
        )
    return [secret for secret in secrets if secret]


def cleared(text: str, secrets: list[str]) -> str:
    """`text` without the secrets and without the queries of addresses."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return re.sub(r"(https?://[^\s?'\"]+)\?[^\s'\"]+", r"\1?…", text)
