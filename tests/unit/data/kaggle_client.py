"""The client of Kaggle asking a test's server: the package, or its interface where it is absent."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from proofsheet.data.sources import kaggle
from unit.data.support import Answer, Server

VARIABLES = ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR")


def connect(server: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's token, and the test's server in the place of Kaggle."""
    for name in (*VARIABLES, "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(kaggle, "HOST", server.url)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    for name in [name for name in sys.modules if name.split(".")[0] == "kaggle"]:
        monkeypatch.delitem(sys.modules, name)
    if importlib.util.find_spec("kaggle"):
        from kagglesdk import kaggle_env

        monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.PROD, server.url)
    else:
        monkeypatch.setitem(sys.modules, "kaggle", SimpleNamespace(api=Client(server.url)))


def api(download: Answer | Callable[[str], Answer]) -> Callable[[str], Answer]:
    """Answers of Kaggle: every token is good, and the storage it leads to has `download`."""

    def answer(path: str) -> Answer:
        if "IntrospectToken" in path:
            body = json.dumps({"active": True, "username": "me"}).encode()
            return Answer(body, headers={"Content-Type": "application/json"})
        if "DownloadDataset" in path:
            return Answer(status=302, headers={"Location": "/storage/archive.zip?X-Signature=12"})
        return download if isinstance(download, Answer) else download(path)

    return answer


class Client:
    """What `kaggle.api` of the package does for us: log in, download, resume."""

    def __init__(self, url: str) -> None:
        self.url, self.headers = url, {}

    def authenticate(self) -> None:
        found = os.environ.get("KAGGLE_API_TOKEN", "")
        if Path(found).is_file():
            found = Path(found).read_text()
        path = Path.home() / ".kaggle/access_token"
        if not found and path.is_file():
            found = path.read_text().strip()
        if found:
            self.headers = {"Authorization": f"Bearer {found}"}
            self._post("security.OAuthService/IntrospectToken", {})
            return
        # As the package: one folder is looked into, ~/.kaggle if it is there.
        usual = Path.home() / ".kaggle"
        usual = usual if usual.is_dir() else Path.home() / ".config/kaggle"
        file = Path(os.environ.get("KAGGLE_CONFIG_DIR") or usual, "kaggle.json")
        known = json.loads(file.read_text()) if file.is_file() else {}
        key = os.environ.get("KAGGLE_KEY") or known.get("key")
        if not key:
            sys.exit(1)
        self.headers = {"Authorization": f"Basic {key}"}

    def dataset_download_files(self, dataset: str, path: str, quiet: bool) -> None:
        file = Path(path, dataset.split("/")[1] + ".zip")
        marker = Path(f"{file}.kaggle-partial")
        have = file.stat().st_size if marker.is_file() else 0
        resumed = {"Range": f"bytes={have}-"} if have else {}
        print("Dataset URL:", dataset, self.headers)
        with self._post("datasets.DatasetApiService/DownloadDataset", resumed) as response:
            marker.write_text(response.headers.get("ETag", ""))
            with file.open("ab" if response.status == 206 else "wb") as out:
                while block := response.read1(1 << 16):
                    out.write(block)
                if have + int(response.headers["Content-Length"]) != out.tell():
                    raise OSError("IncompleteRead")
        marker.unlink()

    def _post(self, method: str, headers: dict[str, str]):
        request = urllib.request.Request(
            f"{self.url}/v1/{method}", b"{}", self.headers | headers, method="POST"
        )
        try:
            return urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            failed = OSError(f"{error.code} Client Error for url: {error.url}")
            failed.response = SimpleNamespace(status_code=error.code)
            raise failed from None
