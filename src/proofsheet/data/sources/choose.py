"""Which source a dataset comes from: what was asked for, or in `auto` the best that there is."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from proofsheet.data.sources.client import unreachable
from proofsheet.data.sources.mirror import read_mirror
from proofsheet.jobs.errors import UserError

if TYPE_CHECKING:
    from proofsheet.data.contract import DatasetModule, Found

log = logging.getLogger("proofsheet")

SOURCES = ("auto", "official", "mirror", "standin")


def obtain(
    name: str, module: DatasetModule, source: str, mirror: str, seed: int, workspace: Path
) -> tuple[str, Found]:
    """Get a dataset from one of its sources.

    `official` and `mirror` never fall back. `auto` takes the mirror if one is set and lists the
    dataset, else the official source, else the module's `FALLBACKS`, else the stand-in, and says
    so in a warning. A mirror whose files are damaged is an error in `auto` too: someone put it
    there to be used.

    Returns:
        The source that was used (`official`, `mirror`, `standin`, or the `NAME` of a fallback) and
        what it gave.
    """
    if source not in SOURCES:
        raise UserError(
            f"data.source is '{source}'; allowed: {', '.join(SOURCES)}; correct config.yaml"
        )
    if source == "standin":
        return "standin", module.standin(seed)
    if source == "official":
        return "official", module.official(workspace)
    if not mirror and source == "mirror":
        raise UserError(
            f"data.source is 'mirror', but no mirror is set for {name}; allowed: a folder with a"
            " manifest.yaml; set data.mirror in config.yaml, or PROOFSHEET_MIRROR"
        )
    entries = read_mirror(mirror) if mirror else {}
    if name in entries:
        log.info("data: %s from the mirror %s", name, mirror)
        return "mirror", module.mirror(entries[name], workspace)
    if source == "mirror":
        raise UserError(
            f"the mirror {mirror} has no '{name}' (it has: {', '.join(entries) or 'nothing'});"
            " add it to the manifest.yaml, or set data.source to auto"
        )
    reasons = []
    for candidate in (module, *getattr(module, "FALLBACKS", ())):
        host = candidate.official_host()
        if why := unreachable(host):
            reasons.append(f"{host} cannot be reached ({why})")
            continue
        try:
            found = candidate.official(workspace)
        except UserError as error:
            reasons.append(str(error))
            continue
        if reasons:
            log.warning("data: %s: %s; used instead: %s", name, "; ".join(reasons), found.note)
        return "official" if found.official else candidate.NAME, found
    missing = f"the mirror {mirror} has no '{name}'" if mirror else "no mirror is set"
    log.warning(
        "data: %s comes from STAND-IN data, marked so in the report: %s, and %s;"
        " for the real data set data.mirror in config.yaml or PROOFSHEET_MIRROR, or go online",
        name,
        missing,
        "; ".join(reasons),
    )
    return "standin", module.standin(seed)
