"""Where `data.source` is `standin`, a notebook's Python asks no host but this one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

OFFLINE = Path(__file__).parents[2] / "workflow/offline"
PROGRAM = """
import socket, sys, urllib.request

for call in (
    lambda: socket.create_connection(("192.0.2.1", 443), timeout=30),
    lambda: socket.socket().connect(("192.0.2.1", 443)),
    lambda: urllib.request.urlopen("http://example.invalid/file", timeout=30),
):
    try:
        call()
    except OSError as error:
        assert "data.source is standin" in str(error), error
    else:
        raise AssertionError
socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()
"""


def test_no_other_host_is_asked():
    with socket.create_server(("127.0.0.1", 0)) as server:
        run = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(server.getsockname()[1])],
            capture_output=True, text=True, check=False, timeout=20,
            env=os.environ | {"PYTHONPATH": str(OFFLINE)},
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
