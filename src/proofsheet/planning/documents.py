"""What each PDF holds: all configured sets, one set, or a part of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHARED = ("_quarto.yml", "references.bib", "typst-template.typ", "typst-show.typ")
"""Sources below report/ that all documents share."""


@dataclass(frozen=True)
class Document:
    """One PDF.

    Attributes:
        problems: of each set, as (set, problem).
        images: pictures that its acknowledgements show.
        part: `title` and `problems` of a document with a part of a set; else empty.
    """

    sets: list[str]
    problems: list[tuple[str, str]]
    chapters: list[str]
    images: list[str]
    part: Mapping[str, Any] = field(default_factory=dict)


def documents(
    config: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], report: str | Path = "report"
) -> dict[str, Document]:
    """Every PDF that can be made, by name: `submission`, each set, and the `documents` of a set."""
    made = {"submission": _document(config["sets"], config, known, Path(report))}
    for name, entry in known.items():
        made[name] = _document([name], config, known, Path(report))
        for part, content in entry.get("documents", {}).items():
            made[f"{name}_{part}"] = _document([name], config, known, Path(report), content)
    return made


def _document(
    sets: list[str], config: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]],
    report: Path, part: Mapping[str, Any] | None = None,
) -> Document:  # fmt: skip
    names = ["set.yaml", *(f"_{problem}.qmd" for problem in part["problems"])] if part else ["*"]
    texts = [path for name in sets for own in names for path in sorted((report / name).glob(own))]
    acknowledged = [config["acknowledgements"].get(name, {}) for name in sets]
    return Document(
        sets,
        [(name, p) for name in sets for p in (part or known[name])["problems"]],
        [*(str(report / name) for name in SHARED), *map(str, texts)],
        [image for entry in acknowledged for p in entry.values() for image in p["images"]],
        part or {},
    )
