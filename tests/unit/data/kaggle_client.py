"""The client of Kaggle asking a test's server."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from proofsheet.data import chest_xray
from proofsheet.data.sources import kaggle
from unit.data.support import Answer, Server

VARIABLES = ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR")


def connect(server: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's token, and the test's server in the place of Kaggle."""
    for name in (*VARIABLES, "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(kaggle, "HOST", server.url)
    monkeypatch.setattr(chest_xray, "HOST", server.url)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    for name in [name for name in sys.modules if name.split(".")[0] == "kaggle"]:
        monkeypatch.delitem(sys.modules, name)
    from kagglesdk import kaggle_env

    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.PROD, server.url)


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
