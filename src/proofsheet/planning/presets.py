"""The size of each set's run: with `preset: auto` full on real data, quick on stand-ins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from proofsheet.data import scipy_images
from proofsheet.data.registry import dataset_module
from proofsheet.data.sources.choose import candidates
from proofsheet.data.sources.client import unreachable
from proofsheet.jobs.atomic_files import read_json
from proofsheet.jobs.errors import UserError

PATIENCE = 2.0
"""Seconds that a source has to answer."""


def set_presets(
    config: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], mirrored: Collection[str]
) -> dict[str, str]:
    """`full` or `quick` for every set.

    Raises:
        UserError: real data of a configured set would give way to stand-ins.
    """
    used = {name: datasets_of(entry) for name, entry in known.items()}
    _refuse_loss(
        set().union(*(used[name] for name in config["sets"])), config["data"]["source"], mirrored
    )
    if config["preset"] != "auto":
        return dict.fromkeys(known, config["preset"])
    wanted = set().union(*used.values())
    standins = expected_standins(wanted, config["data"]["source"], mirrored)
    return {name: "quick" if used[name] & standins else "full" for name in known}


def datasets_of(entry: Mapping[str, Any]) -> set[str]:
    """The data sets of a set's problems; weights are trained here where they cannot be fetched."""
    problems = entry["problems"].values()
    return {name for problem in problems for name in problem.get("datasets", [])} - {"weights"}


def expected_standins(
    names: Iterable[str], source: str, mirrored: Collection[str], root: str | Path = "."
) -> set[str]:
    """Those data sets of which this run would use stand-ins, known before its first job.

    Data are real if the mirror lists them or an earlier run has fetched them. For the others we ask
    their sources whether they answer, all at the same time.
    """
    if source != "auto":
        return set(names) if source == "standin" else set()
    in_mirror = {"scipy_images": scipy_images.MIRROR_NAME}
    hosts = {n: _hosts(n, root) for n in names if in_mirror.get(n, n) not in mirrored}
    asked = sorted(set().union(*hosts.values()))
    with ThreadPoolExecutor(len(asked) + 1) as pool:
        silent = pool.map(lambda host: host and unreachable(host, patience=PATIENCE), asked)
        reachable = {host for host, why in zip(asked, silent, strict=True) if not why}
    return {name for name in hosts if not hosts[name] & reachable}


def _refuse_loss(names: set[str], source: str, mirrored: Collection[str]) -> None:
    """A mirror that is not set for once must not cost the results of a full run."""
    real = {name for name in names if (record := _record(name, ".")) and not record["standin"]}
    if source == "auto" and (lost := expected_standins(real, source, mirrored)):
        raise UserError(
            f"results/data/{min(lost)} has real data from a mirror, but now neither the mirror nor"
            " another source is there, and stand-ins would replace it and all results that rest on"
            " it; set data.mirror or PROOFSHEET_MIRROR again, or data.source to standin"
        )


def _record(name: str, root: str | Path) -> dict[str, Any]:
    """Where an earlier run has the data from; empty without one."""
    path = Path(root, f"results/data/{name}/source.json")
    return read_json(path) if path.is_file() else {}


def _hosts(name: str, root: str | Path) -> set[str]:
    """Where real data can come from; '' if an earlier run has fetched them."""
    record = _record(name, root)
    if record and not record["standin"] and record["source"] != "mirror":
        return {""}
    # Without an account a source cannot be used; one that gave nothing is not asked again.
    usable = [
        s for s in candidates(dataset_module(name)) if not getattr(s, "hindrance", lambda: "")()
    ]
    tried = record.get("tried", ()) if record.get("requested") == "auto" else ()
    return {source.HOST for source in usable} - set(tried)


def describe_quick(config: Mapping[str, Any], presets: Mapping[str, str]) -> str:
    """One line about the configured sets that run small because of their data; '' if none does."""
    quick = [name for name in config["sets"] if presets[name] == "quick"]
    if config["preset"] != "auto" or not quick:
        return ""
    return (
        f"quick run on stand-in data, not for handing in: {', '.join(quick)}; for the full run on"
        f" real data {real_data(config)} (preset: full runs in full on stand-ins, too)"
    )


def real_data(config: Mapping[str, Any]) -> str:
    """What to do to have real data."""
    if config["data"]["source"] == "standin":
        return "set data.source to auto, and data.mirror or go online"
    return "set data.mirror or go online"
