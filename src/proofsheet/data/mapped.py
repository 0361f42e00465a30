"""Arrays of an uncompressed `.npz` that stay on the disk until they are looked at.

A `.npz` is a zip archive of `.npy` files. What is stored in it without compression lies there as
it would in memory, so that the operating system can map it: jobs that run side by side share one
copy, and images that nobody asks for are not read.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from proofsheet.jobs.errors import UserError

_LOCAL_HEADER = 30
"""Bytes before the file name in the header that a zip archive has before each member."""


def map_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Every array of an `.npz`, read-only; its pages are read when they are used.

    Compressed members are read at once. Pickled objects are refused.

    Raises:
        UserError: it is not a readable `.npz`.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            return {
                member.filename.removesuffix(".npy"): _array(archive, member, file, path)
                for member in archive.infolist()
            }
    except (ValueError, OSError, EOFError, struct.error, zipfile.BadZipFile) as error:
        raise UserError(
            f"{path} is not a readable .npz ({error}); delete it and run again to rebuild it"
        ) from None


def _array(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: IO[bytes], path: Path
) -> np.ndarray:
    if member.compress_type != zipfile.ZIP_STORED:
        with archive.open(member) as stream:
            return np.lib.format.read_array(stream, allow_pickle=False)
    # The lengths of name and extra field stand in the local header; the directory has others.
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER)
    name, extra = struct.unpack("<HH", header[26:30])
    file.seek(member.header_offset + _LOCAL_HEADER + name + extra)
    version = np.lib.format.read_magic(file)
    read_header = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, fortran, kind = read_header(file)
    if kind.hasobject:
        raise ValueError("it holds pickled objects")
    if 0 in shape:
        return np.empty(shape, kind)
    start, size = file.tell(), int(np.prod(shape)) * kind.itemsize
    if start + size > path.stat().st_size:
        raise ValueError(f"{member.filename} is cut short")
    order = "F" if fortran else "C"
    return np.memmap(path, kind, mode="r", offset=start, shape=shape, order=order)
