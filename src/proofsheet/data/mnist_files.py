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

    Raises:
        ValueError: the file is something else, or damaged, too short or too long; in one line.
    """
    header = struct.pack(f">HBB{len(shape)}I", 0, UNSIGNED_BYTE, len(shape), *shape)
    expected = len(header) + math.prod(shape)
    try:
        with open(path, "rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else open(path, "rb") as file:
            # One byte more than there should be, which also has gzip compare its checksum.
            content = file.read(expected + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be unpacked ({error})") from None
    if not content.startswith(header) or len(content) != expected:
        raise ValueError(f"{path} does not hold unsigned bytes of shape {shape} in the IDX format")
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)
