"""What a screen reader would stumble over in a PDF and typst does not refuse to write.

typst refuses a PDF that breaks PDF/UA-1 (ISO 14289-1): without title or tags, with a heading that
skips a level, with a picture or a formula without alternative text. The numbers are those of the
Matterhorn Protocol 1.1.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject


def faults(pdf: Path) -> list[str]:
    """Every fault of a PDF in one line."""
    reader = PdfReader(pdf)
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode("utf-8")
    found = []
    if not re.search(r"pdfuaid:part(=\"|>)1", metadata):
        found.append("06-002: its metadata do not say PDF/UA-1: typst has refused it")
    if "/Suspects" in root["/MarkInfo"]:
        found.append("01-006: it says something of suspects, for which poppler complains")
    if not root.get("/Lang"):
        found.append("11-006: it has no language")
    if not reader.outline:
        found.append("it has no outline")
    for element in elements(root["/StructTreeRoot"]):
        kind = element["/S"]
        if kind in ("/Figure", "/Formula") and not str(element.get("/Alt", "")).strip():
            found.append(f"13-004: a {kind} has no alternative text")
        if kind == "/Table":
            inside = [e["/S"] for e in elements(element)]
            if "/TH" not in inside:
                found.append("15-003: a table has no header cell")
            if "/Table" in inside:
                found.append("a table lies in a table")
    return found


def elements(node: Any) -> Iterator[Any]:
    """Every element of the structure tree below `node`, in the order of reading."""
    waiting = [node.get_object()]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, ArrayObject):
            waiting += [child.get_object() for child in reversed(entry)]
        elif isinstance(entry, DictionaryObject):
            if "/S" in entry and entry is not node:
                yield entry
            if "/K" in entry:
                waiting.append(entry["/K"].get_object())
