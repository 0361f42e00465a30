"""The captions of figures and tables, for Snakemake's HTML report.

The Snakefile reads them, and every job reads the Snakefile: nothing heavy is imported here.
"""

from __future__ import annotations

import re
from pathlib import Path

from proofsheet.report import claims
from proofsheet.report.chapter import VARIABLE, Chapter

_FIGURE = re.compile(
    r"!\[(?P<caption>(?:[^\[\]]|\[[^\[\]]*\])+)\]\(figures/[\w-]+/(?P<problem>[\w-]+)/(?P<name>[\w-]+)\.svg\)"
)
_TABLE = re.compile(
    r"\{\{< include /tables/[\w-]+/(?P<problem>[\w-]+)/(?P<name>[\w-]+)\.md >\}\}\s+"
    r"^: (?P<caption>.+?) \{#tbl-",
    re.MULTILINE,
)
_LISTING = re.compile(
    r"^#+ (?P<caption>[^\n{]+?) \{#sec-(?:(?!\n#).)*?"
    r"\{\{< include /tables/[\w-]+/(?P<problem>[\w-]+)/(?P<name>[\w-]+)\.md >\}\}(?!\s+: )",
    re.MULTILINE | re.DOTALL,
)
"""What has no caption, such as a program under a heading of its own, has the heading's title."""
_REFERENCE = re.compile(r"\[?-?@(fig|tbl|eq|sec)-[\w-]+\]?")
_NAMES = {"fig": "another figure", "tbl": "a table", "eq": "an equation", "sec": "a section"}
_CITATION = re.compile(r" ?\[@[^\]]+\]")


def captions(report: Path, name: str) -> dict[str, str]:
    """The captions of a set's chapters in reStructuredText, by `<problem>/<figure or table>`."""
    found = {}
    for path in sorted((report / name).glob("_*.qmd")):
        text = claims.replace(Chapter.read(path), lambda claim: claim.text)
        for match in (*_FIGURE.finditer(text), *_TABLE.finditer(text), *_LISTING.finditer(text)):
            key = f"{match['problem']}/{match['name']}"
            found.setdefault(key, _restructured(match["caption"]))
    return found


def _restructured(caption: str) -> str:
    """Markdown as far as captions use it, in reStructuredText on one line."""
    text = _CITATION.sub("", VARIABLE.sub("…", " ".join(caption.split())))
    text = _REFERENCE.sub(lambda match: _NAMES[match[1]], text)
    parts = re.split(r"(\$[^$]+\$)", text)
    return "".join(
        rf"\ :math:`{part[1:-1]}`\ " if part.startswith("$") and len(part) > 2 else _plain(part)
        for part in parts
    )


def _plain(text: str) -> str:
    # Both languages write *emphasis* and **strong** words alike; code has two ticks.
    return re.sub(r"(?<!`)`(?!`)", "``", text.replace("\\", "").replace("|", r"\|"))
