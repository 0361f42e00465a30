"""Official clients that answer, fail, hang or are cut off, and networks that are not there."""

import re
import socket
import time

import pytest

from proofsheet.data.sources import client
from proofsheet.data.sources.client import PATIENCE, ask, unreachable, within
from proofsheet.jobs.errors import UserError
from user_errors import refused


def answers(*given):
    """A client that gives one answer after the other, or raises it."""
    left = list(given)

    def call():
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer

    return call, left


def test_trouble_is_overcome_by_the_third_attempt():
    call, left = answers(OSError("cut"), lambda: time.sleep(30), 7, 8)
    assert ask(call, "the file", deadline=0.2) == 7
    assert left == [8]


def test_lasting_trouble_is_told_in_one_line():
    call, left = answers(*[ValueError("wrong\nbytes")] * 4)
    with pytest.raises(UserError) as caught:
        ask(call, "the file from http://a", deadline=5)
    assert str(caught.value) == (
        "the file from http://a could not be fetched in 3 attempts: ValueError: wrong bytes;"
        " try again later, or set data.mirror in config.yaml to a folder that holds the file"
    )
    assert len(left) == 1


def test_a_silent_server_is_left(monkeypatch):
    monkeypatch.setattr(client, "SILENCE", 0.1)
    usual = socket.getdefaulttimeout()
    with socket.create_server(("127.0.0.1", 0)) as deaf:

        def call() -> bytes:
            with socket.create_connection(deaf.getsockname()) as connection:
                return connection.recv(1)

        refused("timed out", ask, call, "the file", deadline=5)
    assert socket.getdefaulttimeout() == usual


def test_that_there_is_no_network_is_known_when_patience_ends():
    start = time.monotonic()
    assert "refused" in unreachable("http://127.0.0.1:9")
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes the connection, says nothing
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        assert re.search("timed out|no answer", unreachable(url, patience=0.5))
    assert time.monotonic() - start < 3
    assert PATIENCE < 5


def test_any_answer_is_a_network(server):
    assert unreachable(server.url) == ""


def test_a_call_without_an_end_is_left():
    start = time.monotonic()
    with pytest.raises(TimeoutError, match=r"0\.1 seconds"):
        within(0.1, lambda: time.sleep(30))
    assert time.monotonic() - start < 5
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)
    assert within(5, lambda: 7) == 7
