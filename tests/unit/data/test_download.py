"""Downloads from a server that answers, fails, stops half-way, is slow or gives other bytes."""

from __future__ import annotations

import hashlib
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from proofsheet.data.download import download
from proofsheet.data.sources.network import unreachable, within
from proofsheet.errors import UserError
from unit.data.support import Answer, Server, run_python

BODY = bytes(range(256)) * 300
SHA256 = hashlib.sha256(BODY).hexdigest()
MD5 = hashlib.md5(BODY).hexdigest()


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("known", [{"sha256": SHA256}, {"md5": MD5}, {"sha256": SHA256.upper()}])
def test_a_file_with_the_right_checksum_arrives(server: Server, tmp_path: Path, known) -> None:
    server.script = [Answer(BODY)]
    path = download(f"{server.url}/a.bin", tmp_path / "deep" / "a.bin", **known)
    assert path.read_bytes() == BODY
    assert left_behind(path.parent) == ["a.bin"]


def test_a_file_that_is_there_and_right_is_not_fetched_again(
    server: Server, tmp_path: Path
) -> None:
    server.script = [Answer(BODY)]
    for _ in range(2):
        download(f"{server.url}/a.bin", tmp_path / "a.bin", sha256=SHA256)
    assert len(server.asked) == 1


TROUBLES = {
    "error": (Answer(status=500), "500"),
    "truncated": (Answer(BODY[:1000], announced=len(BODY)), "cut"),
    "wrong bytes": (Answer(b"<html>please log in</html>"), f"expected sha256 {SHA256}, found"),
    "one bit": (Answer(BODY[:-1] + b"\x00"), f"expected sha256 {SHA256}, found"),
    "silence": (Answer(BODY, delay=30), "timed out"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_overcome_by_the_third_attempt(
    server: Server, tmp_path: Path, trouble: str
) -> None:
    answer = TROUBLES[trouble][0]
    server.script = [answer, answer, Answer(BODY)]
    path = download(f"{server.url}/a.bin", tmp_path / "a.bin", sha256=SHA256, timeout=0.2)
    assert path.read_bytes() == BODY
    assert len(server.asked) == 3


@pytest.mark.parametrize("trouble", TROUBLES)
def test_lasting_trouble_is_told_in_one_line_and_leaves_no_file(
    server: Server, tmp_path: Path, trouble: str
) -> None:
    answer, told = TROUBLES[trouble]
    server.script = [answer]
    with pytest.raises(UserError, match=told) as caught:
        download(f"{server.url}/a.bin", tmp_path / "a.bin", sha256=SHA256, timeout=0.2)
    assert "a.bin" in str(caught.value)
    assert "data.mirror" in str(caught.value)  # what to do
    assert "\n" not in str(caught.value)
    assert len(server.asked) == 3
    assert left_behind(tmp_path) == []


def test_a_file_that_is_there_survives_a_failed_download(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"older")
    server.script = [Answer(status=503)]
    with pytest.raises(UserError, match="503"):
        download(f"{server.url}/a.bin", tmp_path / "a.bin", sha256=SHA256)
    assert (tmp_path / "a.bin").read_bytes() == b"older"


def test_an_address_that_does_not_exist_is_not_tried_again(server: Server, tmp_path: Path) -> None:
    server.script = [Answer(status=404)]
    with pytest.raises(UserError, match="404"):
        download(f"{server.url}/a.bin", tmp_path / "a.bin", sha256=SHA256)
    assert len(server.asked) == 1


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="refused"):
        download("http://127.0.0.1:9/a.bin", tmp_path / "a.bin", sha256=SHA256)


def test_a_file_without_a_checksum_is_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no checksum is known"):
        download(f"{server.url}/a.bin", tmp_path / "a.bin")
    assert server.asked == []


def test_only_the_web_is_read(tmp_path: Path) -> None:
    (tmp_path / "local").write_bytes(BODY)
    with pytest.raises(UserError, match="is not an address"):
        download((tmp_path / "local").as_uri(), tmp_path / "a.bin", sha256=SHA256)


def test_a_kill_in_the_middle_leaves_no_file(server: Server, tmp_path: Path) -> None:
    # More than the client's buffers hold, so that part of it is on the disk when the rest is due.
    server.script = [Answer(b"x" * (3 << 20), announced=4 << 20, linger=30)]
    code = (
        "from proofsheet.data.download import download\n"
        f"download('{server.url}/a.bin', r'{tmp_path}/a.bin', sha256='{SHA256}')\n"
    )
    process = run_python(code)
    deadline = time.monotonic() + 20
    while not any(path.stat().st_size for path in tmp_path.iterdir()):
        assert time.monotonic() < deadline, "the download has not begun"
        assert process.poll() is None, "the download has ended"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "a.bin").exists()
    assert left_behind(tmp_path) != []  # a part, under another name


def test_that_there_is_no_network_is_known_within_five_seconds() -> None:
    start = time.monotonic()
    assert "refused" in unreachable("http://127.0.0.1:9")
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes the connection, says nothing
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        assert re.search("timed out|no answer", unreachable(url))
    assert time.monotonic() - start < 5


def test_any_answer_is_a_network(server: Server) -> None:
    assert unreachable(server.url) == ""


def test_a_call_without_an_end_is_left() -> None:
    start = time.monotonic()
    with pytest.raises(TimeoutError, match=r"0\.1 seconds"):
        within(0.1, lambda: time.sleep(30))
    assert time.monotonic() - start < 5
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)
    assert within(5, lambda: 7) == 7
