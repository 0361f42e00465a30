"""Find prepared data for which `auto` can now use a better source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

from proofsheet.data.registry import DATASETS, dataset_module
from proofsheet.data.sources.choose import better_host


def renewable(folder: Path) -> dict[str, str]:
    """What to fetch anew: datasets whose `source.json` is below `folder`, and who has the data."""
    found = list(_fallen_back(folder))
    with ThreadPoolExecutor(max_workers=8) as pool:  # a silent network costs seconds, once
        hosts = pool.map(lambda item: better_host(item[1], item[2]), found)
        return {
            path.parent.name: host for (path, *_), host in zip(found, hosts, strict=True) if host
        }


def renewals(path: str | Path) -> int:
    """How often a dataset has been fetched anew, by its `source.json`."""
    record = _read(Path(path))
    return record.get("renewals", 0)


def _fallen_back(folder: Path) -> Iterator[tuple[Path, Any, dict[str, Any]]]:
    """Record, module and content of each dataset whose record says that it is no official one."""
    for path in sorted(folder.glob("*/source.json")):
        record = _read(path)
        if record.get("requested") != "auto":
            continue
        if record.get("source") not in ("official", "mirror") and (
            module := _module(path.parent.name)
        ):
            yield path, module, record


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = None  # whoever uses it says so
    return record if isinstance(record, dict) else {}


def _module(name: str) -> Any:
    """What fetches a dataset; imported by its name, as only this dataset is asked for."""
    if name == "weights":
        return import_module("proofsheet.data.weights").PretrainedWeights()
    if name == "scipy_images":
        return import_module("proofsheet.data.scipy_images")
    return dataset_module(name) if name in DATASETS else None
