"""Files that are either whole or absent.

No reader sees half a file: everything is written beside its destination under a temporary
name, flushed to the disk and renamed, which POSIX makes atomic.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from proofsheet.jobs.errors import UserError


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it takes the place of `path`."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}-{secrets.token_hex(4)}.part{path.suffix}")
    # As readable as any new file of this user: `umask` decides, which tempfile would not ask.
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | Path, value: Any) -> None:
    """Write `value` as JSON at full precision, NumPy scalars and arrays included.

    Raises `ValueError` at a NaN or an infinity: such a number is a failed run, not a result.
    """
    text = json.dumps(value, default=_plain, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def read_json(path: str | Path) -> Any:
    """Read a JSON file, and name it when it is not one."""
    path = Path(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist; run `snakemake --cores all` to make it") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} is not a JSON file ({error}); delete it and run again to rebuild it"
        ) from None


def write_arrays(path: str | Path, **arrays: np.ndarray) -> None:
    """Write named arrays as one uncompressed `.npz`."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **{k: np.asarray(v) for k, v in arrays.items()})


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Read every array of an `.npz`; pickled objects are refused."""
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{path} is not a readable .npz ({error}); delete it and run again to rebuild it"
        ) from None


def checksum(path: str | Path, algorithm: str = "sha256") -> str:
    """Hexadecimal digest of a file's bytes."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _plain(value: Any) -> Any:
    """A mapping, a NumPy scalar, an array or a tensor in the types that JSON has."""
    return dict(value) if isinstance(value, Mapping) else value.tolist()
