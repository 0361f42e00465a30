"""Write what is handed in: a zip with fixed bytes, and a folder with exactly its files."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from proofsheet.jobs.atomic_files import replacing


def pack(path: str | Path, members: Iterable[tuple[str, str | Path]]) -> None:
    """Zip files under the names given; the same files give the same bytes."""
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, source in sorted(members):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, Path(source).read_bytes(), zipfile.ZIP_DEFLATED)


def fill(folder: str | Path, sources: Mapping[str, str | Path]) -> None:
    """Copy the files of a bundle into its folder, in which nothing else stays."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        if left.name not in sources and left.is_file():
            left.unlink()
    for name, source in sources.items():
        with replacing(folder / name) as temporary:
            temporary.write_bytes(Path(source).read_bytes())
