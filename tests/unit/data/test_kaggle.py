"""Kaggle: where its token may lie, what each refusal means, and downloads that are resumed."""

import json
from pathlib import Path

import pytest

from proofsheet.data.sources import kaggle
from proofsheet.jobs.atomic_files import write_text
from proofsheet.jobs.errors import UserError
from unit.data.kaggle_client import api, connect
from unit.data.support import Answer
from user_errors import refused

TOKEN = "a-secret-token-0123456789"
HANDLE = "somebody/some-images/2"
BODY = bytes(range(256)) * 12_000


@pytest.fixture
def home(tmp_path, server, monkeypatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    connect(server, folder, monkeypatch)
    server.script = [api(Answer(BODY))]
    return folder


def ask(tmp_path: Path) -> bytes:
    return kaggle.dataset(HANDLE, "Some images", tmp_path / "download", Path.read_bytes)


JSON = json.dumps({"username": "me", "key": TOKEN})
# Environment variables, where `~` is the home, and files in the home.
PLACES = {
    "access_token": ({}, {".kaggle/access_token": TOKEN + "\n"}),
    "variable": ({"KAGGLE_API_TOKEN": TOKEN}, {}),
    "variable with a file": ({"KAGGLE_API_TOKEN": "~/token"}, {"token": TOKEN}),
    "user and key": ({"KAGGLE_USERNAME": "me", "KAGGLE_KEY": TOKEN}, {}),
    "~/.kaggle": ({}, {".kaggle/kaggle.json": JSON}),
    # Other tools of Kaggle keep files in the usual folder.
    "~/.config": ({}, {".config/kaggle/kaggle.json": JSON, ".kaggle/other": ""}),
    "own folder": ({"KAGGLE_CONFIG_DIR": "~/elsewhere"}, {"elsewhere/kaggle.json": JSON}),
}


def put(home, monkeypatch, place):
    variables, files = PLACES[place]
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("~", str(home)))
    for name, text in files.items():
        write_text(home / name, text)


@pytest.mark.parametrize("place", PLACES)
def test_a_token_is_found_wherever_the_client_looks(
    home, server, tmp_path, monkeypatch, capfd, place
):
    put(home, monkeypatch, place)
    assert ask(tmp_path) == BODY
    assert server.authorized[-1]
    assert not (tmp_path / "download").exists()  # the archive has been read
    printed = capfd.readouterr()
    assert TOKEN not in printed.out + printed.err


def test_without_a_token_it_is_said_where_to_get_one_and_where_to_put_it(home, server, tmp_path):
    with pytest.raises(UserError) as caught:
        ask(tmp_path)
    for part in (
        "https://www.kaggle.com/settings", "KAGGLE_API_TOKEN", "~/.kaggle/access_token",
        "~/.kaggle/kaggle.json", "~/.config/kaggle/kaggle.json", "data.mirror",
    ):  # fmt: skip
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not server.asked


@pytest.mark.parametrize("text", ['{"username": "me"}', "[]", "{", '{"key": 7}', ""])
def test_a_kaggle_json_without_a_key_is_named(home, tmp_path, text):
    (home / ".kaggle").mkdir()
    (home / ".kaggle/kaggle.json").write_text(text)
    refused(r"kaggle\.json is not a Kaggle token.*no 'key'", ask, tmp_path)


REFUSALS = {
    401: ("refuses the token", "make a new one at https://www.kaggle.com/settings"),
    403: ("forbids", "accept the terms at https://www.kaggle.com/datasets/somebody/some-images"),
    404: ("no such dataset", "see whether https://www.kaggle.com/datasets/somebody/some-images"),
    429: ("too many requests", "run again in an hour"),
}


@pytest.mark.parametrize("status", REFUSALS)
def test_each_refusal_is_told_apart_and_is_final(
    home, server, tmp_path, monkeypatch, caplog, capfd, status
):
    put(home, monkeypatch, "variable")
    refused = Answer(b"<html>no</html>", status=status)
    server.script = [lambda path: refused if "Download" in path else api(refused)(path)]
    with caplog.at_level("DEBUG"), pytest.raises(UserError) as caught:
        ask(tmp_path)
    message = str(caught.value)
    assert message.startswith("Some images: Kaggle ")
    for part in (*REFUSALS[status], f"({status})", "data.mirror"):
        assert part in message
    assert "\n" not in message
    downloads = [path for path in server.asked if "DownloadDataset" in path]
    assert len(downloads) == 1
    printed = capfd.readouterr()
    assert TOKEN not in message + caplog.text + printed.out + printed.err


def test_a_download_that_was_cut_is_resumed_by_the_next_run(home, server, tmp_path, monkeypatch):
    put(home, monkeypatch, "variable")
    same = {
        "Accept-Ranges": "bytes", "ETag": '"one"',
        "Last-Modified": "Mon, 02 Nov 2026 08:00:00 GMT",
    }  # fmt: skip
    half, back = len(BODY) // 2, False

    def download(path: str) -> Answer:
        if not server.ranges[-1]:
            return Answer(BODY[:half], announced=len(BODY), headers=same)
        start = int(server.ranges[-1].removeprefix("bytes=").removesuffix("-"))
        return Answer(BODY[start:], status=206, headers=same) if back else Answer(status=503)

    server.script = [api(download)]
    refused("3 attempts", ask, tmp_path)
    kept = (tmp_path / "download/some-images.zip").stat().st_size
    assert 0 < kept <= half
    back = True
    assert ask(tmp_path) == BODY
    assert server.ranges[-1] == f"bytes={kept}-"
    assert not (tmp_path / "download").exists()


def test_an_archive_that_cannot_be_read_is_not_kept(home, server, tmp_path, monkeypatch):
    put(home, monkeypatch, "variable")

    def read(path: Path) -> bytes:
        raise ValueError(f"{path.name} is damaged")

    with pytest.raises(UserError, match=r"some-images\.zip is damaged"):
        kaggle.dataset(HANDLE, "Some images", tmp_path / "download", read)
    assert not (tmp_path / "download").exists()


def test_an_attempt_without_an_end_is_not_joined_by_another(home, server, tmp_path, monkeypatch):
    put(home, monkeypatch, "variable")
    monkeypatch.setattr(kaggle, "DEADLINE", 0.5)
    server.script = [api(Answer(BODY, delay=30))]
    refused(r"0\.5 s were not enough; run again to resume", ask, tmp_path)
    assert len([path for path in server.asked if "DownloadDataset" in path]) <= 1
