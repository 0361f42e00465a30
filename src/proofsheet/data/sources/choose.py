"""Which source a dataset comes from: what was asked for, or in `auto` the best that there is."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofsheet.data.sources.client import unreachable
from proofsheet.data.sources.mirror import read_mirror
from proofsheet.jobs.errors import UserError

if TYPE_CHECKING:
    from proofsheet.data.contract import Found

log = logging.getLogger("proofsheet")


def obtain(
    name: str, module: Any, source: str, mirror: str, seed: int, workspace: Path
) -> tuple[str, Found]:
    """Get a dataset from one of its sources.

    `official` and `mirror` never fall back. `auto` takes the mirror if one is set and lists the
    dataset, else the official source, else the module's `FALLBACKS`, else the stand-in, and says
    so in a warning. A mirror whose files are damaged is an error in `auto` too: someone put it
    there to be used.

    Args:
        module: of the dataset; its `MIRROR_NAME` is the name of its entry in a mirror, if it has
            another one.

    Returns:
        The source that was used (`official`, `mirror`, `standin`, or the `NAME` of a fallback) and
        what it gave.
    """
    if source == "standin":
        return "standin", module.standin(seed)
    if source == "official":
        return "official", module.official(workspace)
    entries = read_mirror(mirror) if mirror else {}
    entry = getattr(module, "MIRROR_NAME", name)
    if entry in entries:
        log.info("data: %s from the mirror %s", name, mirror)
        return "mirror", module.mirror(entries[entry], workspace)
    if source == "mirror":
        raise UserError(
            f"the mirror {mirror} has no '{entry}' (it has: {', '.join(entries) or 'nothing'});"
            " add it to the manifest.yaml, or set data.source to auto"
        )
    reasons, tried = [], []
    for candidate in candidates(module):
        host = candidate.HOST
        if why := obstacle(candidate):
            reasons.append(why)
            continue
        try:
            found = candidate.official(workspace)
        except UserError as error:
            reasons.append(str(error))
            if not unreachable(host, strict=True):
                tried.append(host)
            continue
        if reasons:
            log.warning("data: %s: %s; used instead: %s", name, "; ".join(reasons), found.note)
        used = "official" if candidate is module else candidate.NAME
        return used, replace(found, tried=tuple(tried))
    missing = f"the mirror {mirror} has no '{entry}'" if mirror else "no mirror is set"
    log.warning(
        "data: %s comes from STAND-IN data, marked so in the report: %s, and %s;"
        " for the real data set data.mirror in config.yaml or PROOFSHEET_MIRROR, or go online"
        " and run again",
        name,
        missing,
        "; ".join(reasons),
    )
    return "standin", replace(module.standin(seed), tried=tuple(tried))


def candidates(module: Any) -> tuple[Any, ...]:
    """The real sources that `auto` asks, best first."""
    return module, *getattr(module, "FALLBACKS", ())


def obstacle(candidate: Any, *, strict: bool = False) -> str:
    """Why a source cannot be asked now, or ''; known within seconds."""
    if why := getattr(candidate, "hindrance", lambda: "")():
        return why
    host = candidate.HOST
    why = unreachable(host, strict=strict)
    return f"{host} cannot be reached ({why})" if why else ""


def fell_back(record: Mapping[str, Any]) -> bool:
    """Did `auto` use another source than the official one or a mirror?"""
    return record.get("requested") == "auto" and record.get("source") not in ("official", "mirror")


def better_host(module: Any, record: Mapping[str, Any]) -> str:
    """Where `auto` can get better data now than it got when it wrote `record`; '' if nowhere.

    A source that answered and gave nothing is not asked again in every run.
    """
    if not fell_back(record):
        return ""
    for candidate in candidates(module):
        host = candidate.HOST
        if getattr(candidate, "NAME", "") == record.get("source"):
            return ""
        if host not in record.get("tried", ()) and not obstacle(candidate, strict=True):
            return host
    return ""
