"""Unpack members of a tar or zip archive and verify the checksum of each.

Only plain files that were asked for are unpacked, under the names by which they were asked for;
`tarfile`'s data filter and `zipfile` keep them inside the folder.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from proofsheet.jobs.atomic_files import checksum

LIMIT = 1 << 31
"""Bytes that may be unpacked, where the dataset sets no lower limit."""

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


def unpack_members(
    path: Path, members: Mapping[str, Checksum], folder: Path, limit: int = LIMIT
) -> dict[str, Path]:
    """Write the `members` of a tar or zip archive under `folder`: all of them or none.

    Args:
        path: the archive; a tar may be compressed by gzip, bzip2 or xz.
        members: checksums by name; the names are relative paths without '..'.
        limit: bytes that may be unpacked or passed over in all.

    Returns:
        The written files by member name.

    Raises:
        ValueError: the archive is damaged or too large, or a member is missing or damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".unpack-", dir=folder) as place:
        try:
            _extract(path, set(members), place, limit)
        except _BROKEN as error:
            told = str(error).splitlines() or [type(error).__name__]
            raise ValueError(f"{path} cannot be unpacked ({told[0].rstrip(':')})") from None
        for name, expected in members.items():
            if not Path(place, name).is_file():
                raise ValueError(f"{path} has no member '{name}'")
            if (found := checksum(Path(place, name), expected.algorithm)) != expected.digest:
                raise ValueError(
                    f"{path}: member {name} is damaged: expected {expected}, found {found}"
                )
        for name in members:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            Path(place, name).replace(folder / name)
    return {name: folder / name for name in members}


def _extract(path: Path, wanted: set[str], folder: str, limit: int) -> None:
    size = 0
    with zipfile.ZipFile(path) if zipfile.is_zipfile(path) else tarfile.open(path) as archive:
        in_tar = isinstance(archive, tarfile.TarFile)
        for member in archive if in_tar else archive.infolist():
            name = member.name if in_tar else member.filename
            # A tar is read through; of a zip only what is wanted is decompressed.
            if in_tar or name in wanted:
                size += member.size if in_tar else member.file_size
            if size > limit:
                raise ValueError(f"{path} holds more than the {limit:,} bytes expected in it")
            if name in wanted and (not in_tar or member.isreg()):
                archive.extract(member, folder, **({"filter": "data"} if in_tar else {}))
                wanted.remove(name)
            if not wanted:
                return
