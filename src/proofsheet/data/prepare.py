"""One dataset, from whichever source, as arrays with a record of where they come from."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from proofsheet.data.registry import dataset_module
from proofsheet.data.sources.choose import obtain
from proofsheet.jobs.atomic_files import write_arrays, write_json

log = logging.getLogger("proofsheet")


def prepare(
    name: str, source: str, mirror: str, seed: int, folder: str | Path, renewals: int = 0,
    weights: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Write `train.npz`, `val.npz`, `test.npz` and `source.json` into `folder`.

    The images of SciPy and the weights are one file, `images.npz` or `weights.npz`.

    `source.json` comes last: where it is, the arrays beside it are whole and belong to it.

    Args:
        seed: of the split, and of the stand-in.
        folder: destination, such as `results/data/dry_bean`; nothing else is in it.
        renewals: how often `auto` has fetched again, for the record.

    Raises:
        UserError: the source that was asked for cannot be used; in one line, with what to do.
    """
    module = dataset_module(name, weights)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".prepare-*"):  # by an earlier call that was killed
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=".prepare-", dir=folder) as workspace:
        used, found = obtain(name, module, source, mirror or "", seed, Path(workspace))
        divided = module.divide(found, seed)
        info = module.INFO
        record = {
            "dataset": name,
            "title": info.title,
            "version": info.version,
            "source": used,
            "requested": source,
            "official": found.official,
            "standin": used == "standin",
            "note": found.note,
            "licence": found.licence or info.licence,
            "citation": info.citation,
            "tried": found.tried,
            "files": found.files,
            "renewals": renewals,
            "values_sha256": _digest(found.arrays),
            "counts": {
                part: _counts(arrays["y"], info.class_names)
                for part, arrays in divided.parts.items()
                if info.class_names
            },
            "class_names": info.class_names,
            "feature_names": info.feature_names,
            **divided.facts,
        }
        (folder / "source.json").unlink(missing_ok=True)
        for part, arrays in divided.parts.items():
            write_arrays(folder / f"{part}.npz", **arrays)
    write_json(folder / "source.json", record)
    sizes = ", ".join(f"{part} {count['total']}" for part, count in record["counts"].items())
    log.info("data: %s (%s): %s", name, used, sizes)
    return record


def _counts(y: np.ndarray, names: tuple[str, ...]) -> dict[str, Any]:
    numbers = np.bincount(y, minlength=len(names)).tolist()
    return {"total": len(y), "per_class": dict(zip(names, numbers, strict=True))}


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    """SHA-256 of the values themselves: equal for equal data, however they were packed."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(memoryview(array).cast("B") if array.size else b"")
    return digest.hexdigest()
