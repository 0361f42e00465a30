"""Write what is handed in: a zip with fixed bytes, and the folder with its files."""

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


def fill(folder: str | Path, sources: Mapping[str, str | Path]) -> list[str]:
    """Copy the files of a bundle into its folder.

    Returns:
        Names of other files in the folder, which are left alone: someone may have put them there.
    """
    folder = Path(folder)
    for name, source in sources.items():
        with replacing(folder / name) as temporary:
            temporary.write_bytes(Path(source).read_bytes())
    return sorted(path.name for path in folder.iterdir() if path.name not in sources)
