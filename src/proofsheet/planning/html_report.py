"""`snakemake --report`: refuse in one line what would end in hundreds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from proofsheet.jobs.errors import UserError


def check_report(arguments: Sequence[str], root: str | Path = ".") -> None:
    """Does a report that is asked for have results, and a folder to lie in?

    Raises:
        UserError: no run has ended yet, or the folder of the report does not exist.
    """
    joined = " ".join(arguments).replace("--report=", "--report ").split()
    if "--report" not in joined:
        return
    if not any(Path(root, "results").glob("*/*/metrics.json")):
        raise UserError("there are no results to report; run snakemake --cores all first")
    _, *after = joined[joined.index("--report") :]
    folder = Path(root, after[0]).parent if after and not after[0].startswith("-") else Path(root)
    if not folder.is_dir():
        raise UserError(f"--report {after[0]}: the folder {folder} does not exist; make it first")
