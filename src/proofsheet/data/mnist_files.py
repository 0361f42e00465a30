"""IDX, the format in which MNIST is published: gzipped bytes behind a header of sizes.

Two zero bytes, one that says of which type the numbers are, one that says how many sizes there
are, the sizes as big-endian 32-bit integers, then the numbers, the last index running fastest.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

UNSIGNED_BYTE = 0x08


def read_idx(path: str | Path, shape: tuple[int, ...]) -> np.ndarray:
    """The unsigned bytes of an IDX file, gzipped or not, if they have the expected `shape`.

    No more is unpacked than the shape asks for, whatever the file claims.

    Returns:
        uint8 array of that shape.

    Raises:
        ValueError: the file is something else, or damaged, too short or too long; in one line.
    """
    header = struct.pack(f">HBB{len(shape)}I", 0, UNSIGNED_BYTE, len(shape), *shape)
    length = math.prod(shape)
    try:
        with open(path, "rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else open(path, "rb") as file:
            found = file.read(len(header))
            # One byte more than there should be, which also has gzip compare its checksum.
            body = file.read(length + 1) if found == header else b""
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be unpacked ({error})") from None
    if found != header:
        raise ValueError(f"{path} {_described(found)} where unsigned bytes of {shape} are expected")
    if len(body) != length:
        has = f"only {len(body)}" if len(body) < length else f"more than {length}"
        raise ValueError(f"{path} has {has} bytes behind its header where {length} are expected")
    return np.frombuffer(body, dtype=np.uint8).reshape(shape)


def _described(header: bytes) -> str:
    """What the first bytes of a file say that it is."""
    sizes = header[4:]
    if len(header) < 4 or header[:2] != b"\0\0" or len(sizes) < 4 * header[3]:
        return f"is no IDX file (it begins with {header[:4].hex(' ') or 'nothing'})"
    shape = struct.unpack(f">{header[3]}I", sizes[: 4 * header[3]])
    return f"has numbers of type 0x{header[2]:02x} and shape {shape}"
