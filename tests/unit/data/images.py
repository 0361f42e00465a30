"""Few images that pass for published ones, and mirrors and servers that hold them."""

import gzip
import hashlib
import io
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from unit.data.support import Answer, Server
from user_errors import refused


def labelled_images(
    size: tuple[int, ...], counts: Sequence[int], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Noise (n, *size) uint8 with shuffled labels (n,) uint8, `counts` of each class."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(counts)), counts)).astype(np.uint8)
    return rng.integers(0, 256, (len(y), *size), dtype=np.uint8), y


def idx(array: np.ndarray, kind: int = 0x08) -> bytes:
    """An IDX file, before it is compressed."""
    return struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape) + array.tobytes()


def gz(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def mirror_of(
    root: Path, name: str, files: Mapping[str, bytes], members: Mapping[str, bytes] | None = None
) -> Path:
    """A mirror with these files as one dataset, each listed; `members` are those of an archive."""
    (root / name).mkdir(parents=True, exist_ok=True)
    entry = {"official": True, "licence": "as it is", "files": {}}
    for file, body in files.items():
        (root / name / file).write_bytes(body)
        entry["files"][file] = {"sha256": hashlib.sha256(body).hexdigest()}
    if members is not None:
        entry["members"] = {n: {"md5": hashlib.md5(b).hexdigest()} for n, b in members.items()}
    (root / "manifest.yaml").write_text(yaml.safe_dump({name: entry}), encoding="utf-8")
    return root


def serving(files: Mapping[str, bytes | Answer]) -> Callable[[str], Answer]:
    """Answers as a file server does."""

    def answer(path: str) -> Answer:
        body = files.get(path.rsplit("/", 1)[-1].split("?")[0], Answer(status=404))
        return body if isinstance(body, Answer) else Answer(body)

    return answer


def troubles(body: bytes) -> dict[str, tuple[bytes | Answer, str]]:
    """Answers to a request for `body` that are of no use, and what is told about them."""
    half = len(body) // 2
    return {
        "error": (Answer(status=500), "HTTP Error 500"),
        "truncated": (Answer(body[:half], announced=len(body)), "corrupted"),
        "a page to log in": (b"<html><body>please log in</body></html>", "corrupted"),
        "wrong bytes": (body[:half] + b"\0\0\0\0" + body[half + 4 :], "corrupted"),
        "silence": (Answer(b"", announced=100, delay=30), "timed out"),
    }


TROUBLES = tuple(troubles(b""))


def gives_up(told: str, server: Server, ask: Callable[[], Any], client: str) -> None:
    """After three attempts one line says who was asked, what is wrong and what to do."""
    message = refused(told, ask)
    for part in (client, server.url, "3 attempts", "data.mirror"):
        assert part in message
    assert len(server.asked) >= 3
