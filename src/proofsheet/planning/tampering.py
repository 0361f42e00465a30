"""Refuse results that were edited after their job wrote them.

Snakemake sees that a result is newer than another, not that its bytes were changed by hand. Every
job leaves a record of its outputs in `results/.made` (`jobs.result_hashes`), and a run compares
before its first job. A deleted result is made again; a changed one stops the run, so that every
number in the PDF comes from the code.
"""

from __future__ import annotations

import json
from pathlib import Path

from proofsheet.jobs.atomic_files import checksum
from proofsheet.jobs.errors import UserError
from proofsheet.jobs.result_hashes import RECORDS


def refuse_edited(root: str | Path = ".") -> None:
    """Compare every result that is there with its record.

    A file with the recorded size and time is unchanged. Otherwise its checksum decides, so a copied
    or touched file passes. A file that several records list must match one of them.

    Raises:
        UserError: a result was changed after its job; named, with what to do.
    """
    wrote: dict[str, list[tuple[int, int, str]]] = {}
    for place in sorted(Path(root, RECORDS).glob("*.json")):
        try:
            files = dict(json.loads(place.read_text(encoding="utf-8")))
            for name, (size, written, digest, *_) in files.items():
                wrote.setdefault(name, []).append((int(size), int(written), str(digest)))
        except (ValueError, TypeError):
            raise UserError(
                f"{place} is damaged, so what it records cannot be compared; delete it and the"
                f" results of {place.stem.replace('+', '/')}, and run again"
            ) from None
    for name, versions in wrote.items():
        path = Path(root, name)
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue  # deleted: Snakemake makes it again
        # A job that is cut otherwise, as a sweep's may be, leaves the record of its former cut.
        if any((stat.st_size, stat.st_mtime_ns) == version[:2] for version in versions):
            continue
        digests = {digest for size, _, digest in versions if size == stat.st_size}
        if not digests or checksum(path) not in digests:
            raise UserError(
                f"{name} is not what its job wrote (it was edited or cut short); delete it and"
                " run again to rebuild it, or put the original back"
            )
