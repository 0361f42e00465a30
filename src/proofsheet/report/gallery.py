"""Every figure and table of a set in one folder, for Snakemake's HTML report."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pypandoc

from proofsheet.jobs.atomic_files import write_text

_SPLIT = "<!-- next table -->"
_STYLE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title><style>
body {{ font: 15px/1.4 sans-serif; margin: 1.5em; color: #1b1b1b; }}
table {{ border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid; }}
th {{ border-bottom: 1px solid; }}
th, td {{ padding: 0.25em 0.9em; }}
</style></head><body>
{table}
</body></html>
"""


def fill(folder: Path, results: Path, problems: Iterable[str]) -> None:
    """Copy the figures, and write the tables as HTML, into `<folder>/<problem>/`.

    Args:
        folder: is replaced.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for problem in problems:
        target = folder / problem
        target.mkdir(parents=True)
        for figure in sorted((results / problem / "figures").glob("*.svg")):
            shutil.copyfile(figure, target / figure.name)
        tables = sorted((results / problem / "tables").glob("*.md"))
        if tables:
            texts = [path.read_text(encoding="utf-8") for path in tables]
            # One start of pandoc for all tables.
            html = pypandoc.convert_text(
                f"\n\n{_SPLIT}\n\n".join(texts), "html", "markdown", extra_args=["--mathml"]
            )
            for path, table in zip(tables, html.split(_SPLIT), strict=True):
                page = _STYLE.format(name=path.stem, table=table.strip())
                write_text(target / f"{path.stem}.html", page)
