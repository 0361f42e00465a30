"""Find prepared data for which `auto` can now use a better source."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from proofsheet.data.registry import DATASETS, OTHERS, dataset_module
from proofsheet.data.sources.choose import better_host, fell_back


def renewable(folder: Path) -> dict[str, str]:
    """What to fetch again: datasets whose `source.json` is below `folder`, and who has the data."""
    records = {path.parent.name: _read(path) for path in sorted(folder.glob("*/source.json"))}
    known = {*DATASETS, *OTHERS}
    records = {name: r for name, r in records.items() if name in known and fell_back(r)}
    with ThreadPoolExecutor(max_workers=8) as pool:  # a silent network costs seconds, once
        hosts = pool.map(lambda name: better_host(dataset_module(name), records[name]), records)
        return {name: host for name, host in zip(records, hosts, strict=True) if host}


def renewals(path: str | Path) -> int:
    """How often a dataset has been fetched again, by its `source.json`."""
    return _read(Path(path)).get("renewals", 0)


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = None  # the job that uses it reports it
    return record if isinstance(record, dict) else {}
