"""Fixtures of the data tests: nothing but 127.0.0.1 is ever asked."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from proofsheet.data import dry_bean
from proofsheet.data.sources import client
from unit.data.support import FEW, Columns, Server, as_workbook, beans


@pytest.fixture(autouse=True)
def only_this_machine(request, monkeypatch):
    """No proxy, no mirror but the test's own, no waiting between attempts, and few beans."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("PROOFSHEET_MIRROR", raising=False)
    monkeypatch.setattr(dry_bean, "HOST", "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.setattr(client, "WAIT", 0.0)
    monkeypatch.setattr(dry_bean, "STANDIN_BEANS", 300)
    if not request.node.get_closest_marker("mirror"):
        monkeypatch.setattr(dry_bean, "COUNTS", FEW)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def do_GET(self) -> None:
            state.authorized.append(self.headers.get("Authorization", ""))
            state.ranges.append(self.headers.get("Range", ""))
            answer = state.answer(self.path)
            length = len(answer.body) if answer.announced is None else answer.announced
            try:
                self.send_response(answer.status)
                self.send_header("Content-Length", str(length))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                state.closing.wait(answer.delay)
                self.wfile.write(answer.body)
                self.wfile.flush()
                state.closing.wait(answer.linger)
            except OSError:
                pass  # the client has gone away, as it should

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    state.url = f"http://127.0.0.1:{listening.server_port}"
    yield state
    state.closing.set()
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture(scope="session")
def bean_columns() -> Columns:
    return beans()


@pytest.fixture
def columns(bean_columns) -> Columns:
    """A copy to be damaged."""
    return {name: list(cells) for name, cells in bean_columns.items()}


@pytest.fixture(scope="session")
def whole_workbook(tmp_path_factory, bean_columns) -> Path:
    return as_workbook(bean_columns, tmp_path_factory.mktemp("beans") / dry_bean.WORKBOOK)
