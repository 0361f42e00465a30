"""What a course wants to be handed in, and where it is made.

`report/<set>/set.yaml` says it: `documents` are PDFs of some of the problems, where the course
wants them apart from each other; `archive` is a zip with the notebooks and the code, where it wants
those in one file. A set without either is handed in as one PDF and its notebooks.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from proofsheet.files import replacing


def files(name: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """Each file of the bundle `results/submission/<set>/`, and where it is made.

    Args:
        name: of the set.
        entry: its `set.yaml`.
    """
    documents = [f"{name}_{part}" for part in entry.get("documents", {})] or [name]
    made = {f"{document}.pdf": f"results/{document}.pdf" for document in documents}
    if "archive" in entry:
        return made | {entry["archive"]: f"results/notebooks/{name}/{entry['archive']}"}
    return made | notebooks(name, entry)


def notebooks(name: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """The notebooks of a set by name, and where they are made."""
    named = [p["notebook"] for p in entry["problems"].values() if "notebook" in p]
    return {notebook: f"results/notebooks/{name}/{notebook}" for notebook in named}


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


def summary(name: str, entry: Mapping[str, Any], root: str | Path = ".") -> list[str]:
    """What lies in a bundle and what the course says to do with it, line by line."""
    folder = f"results/submission/{name}"
    lines = [f"{entry['short']}: {folder}/"]
    for file in files(name, entry):
        size = (Path(root) / folder / file).stat().st_size
        lines.append(f"  {file:<28} {size / 1e6:6.2f} MB")
    return [*lines, f"  to hand in: {' '.join(entry['hand_in'].split())}"]
