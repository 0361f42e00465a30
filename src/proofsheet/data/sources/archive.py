"""Members of a tar or zip archive, written only if they are what a checksum says.

An archive is a program for whoever unpacks it: a name may lead elsewhere, a member may be a link
or a device, a few bytes may stand for a disk full of zeros. So nothing is unpacked but the plain
files that were asked for, under the names by which they were asked for, and no more bytes are
decompressed than were agreed on.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from proofsheet.jobs.atomic_files import replacing

LIMIT = 1 << 31
"""Bytes that an archive may hold unpacked, where its dataset says no less."""

_COMPRESSIONS = {b"\x1f\x8b": gzip.open, b"\xfd7zXZ\0": lzma.open, b"BZh": bz2.open}
_BROKEN = (
    tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, OSError, EOFError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True)
class Checksum:
    """An algorithm (`sha256` or `md5`) and the hexadecimal digest that it must give."""

    algorithm: str
    digest: str

    def __str__(self) -> str:
        return f"{self.algorithm} {self.digest}"


class Refused(ValueError):
    """What is wrong with an archive, in one line that begins with its path.

    Attributes:
        missing: the member that it does not have, or '' where something else is wrong.
    """

    def __init__(self, message: str, missing: str = "") -> None:
        super().__init__(message)
        self.missing = missing


def unpack_members(
    path: Path, members: Mapping[str, Checksum], folder: Path, limit: int = LIMIT
) -> dict[str, Path]:
    """Write the `members` of a tar or zip archive under `folder`, each verified.

    Members that are not asked for stay in the archive, and so does anything that is not a plain
    file.

    Args:
        path: the archive; a tar may be compressed by gzip, bzip2 or xz.
        members: checksums by name; the names are relative paths without '..'.
        folder: where they go; folders in their names are made.
        limit: bytes that may be decompressed in all.

    Returns:
        The written files by member name.

    Raises:
        Refused: the archive is damaged or too large, or a member is missing or is another.
    """
    waiting, written = dict(members), {}
    try:
        for name, stream in _plain_members(path, limit):
            if name in waiting:
                target = folder / name
                _copy_verified(stream, target, waiting.pop(name), f"{path}: member {name}")
                written[name] = target
            if not waiting:
                break
    except _BROKEN as error:
        raise Refused(f"{path} cannot be unpacked ({error})") from None
    if waiting:
        missing = next(iter(waiting))
        raise Refused(f"{path} has no member '{missing}'", missing)
    return written


def _plain_members(path: Path, limit: int) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and stream of every plain file in a tar or zip archive."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            # A member gives no more bytes than it says here.
            if sum(member.file_size for member in archive.infolist()) > limit:
                raise _too_large(path, limit)
            for member in archive.infolist():
                if not member.is_dir():
                    with archive.open(member) as stream:
                        yield member.filename, stream
    else:
        with _decompressed(path) as file:
            bounded = _Bounded(file, path, limit)
            with tarfile.open(fileobj=bounded, mode="r|") as archive:
                for member in archive:
                    if member.isreg():
                        yield member.name, archive.extractfile(member)


def _decompressed(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        start = file.read(6)
    for magic, opened in _COMPRESSIONS.items():
        if start.startswith(magic):
            return opened(path, "rb")
    return path.open("rb")


class _Bounded:
    """A file that gives `limit` bytes and refuses the next.

    Headers count too: a tar reader holds the longer ones in memory, whatever their size.
    """

    def __init__(self, file: IO[bytes], path: Path, limit: int) -> None:
        self.file, self.path, self.limit, self.given = file, path, limit, 0

    def read(self, size: int) -> bytes:
        block = self.file.read(size)
        self.given += len(block)
        if self.given > self.limit:
            raise _too_large(self.path, self.limit)
        return block


def _too_large(path: Path, limit: int) -> Refused:
    return Refused(f"{path} holds more than the {limit:,} bytes that are expected in it")


def _copy_verified(stream: IO[bytes], target: Path, expected: Checksum, what: str) -> None:
    digest = hashlib.new(expected.algorithm)
    with replacing(target) as temporary:
        with temporary.open("wb") as file:
            while block := stream.read(1 << 20):
                digest.update(block)
                file.write(block)
        if digest.hexdigest() != expected.digest:
            raise Refused(f"{what} is damaged: expected {expected}, found {digest.hexdigest()}")
