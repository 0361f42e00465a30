"""Is a PDF what PDF/UA-1 (ISO 14289-1) asks for, as far as a program can tell?

The conditions are those of the Matterhorn Protocol 1.1 that need no person to judge, numbered as
there. typst refuses most faults when it writes the file; this reads the file that was written.
veraPDF, the reference validator, is in none of the package registries.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

_TAGS = """
Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6
L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot
Ruby Warichu Figure Formula Form
"""
_STANDARD = frozenset(_TAGS.split())


@dataclass(frozen=True)
class Finding:
    """What was looked at in a PDF: counts by kind, and every fault in one line."""

    pages: int
    figures: int
    formulas: int
    tables: int
    links: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        seen = (
            f"{self.pages} pages, {self.figures} figures, {self.formulas} formulas,"
            f" {self.tables} tables, {self.links} links"
        )
        return f"{seen}: {'; '.join(self.faults) if self.faults else 'no fault found'}"


def examine(pdf: Path) -> Finding:
    """Read a PDF and look for what a screen reader would stumble over."""
    reader = PdfReader(pdf)
    root: Any = reader.trailer["/Root"]
    faults = [*_document(reader, root)]
    elements = [*_elements(root["/StructTreeRoot"])] if "/StructTreeRoot" in root else []
    roles = root["/StructTreeRoot"].get("/RoleMap", {}) if elements else {}
    faults += _structure(elements, roles)
    faults += _pages(reader)
    kinds = [element["/S"] for element in elements]
    links = sum(
        annotation.get_object().get("/Subtype") == "/Link"
        for page in reader.pages
        for annotation in page.get("/Annots", [])
    )
    return Finding(
        len(reader.pages), kinds.count("/Figure"), kinds.count("/Formula"),
        kinds.count("/Table"), links, tuple(faults),
    )  # fmt: skip


def _document(reader: PdfReader, root: Any) -> Iterator[str]:
    metadata = root["/Metadata"].get_data().decode("utf-8") if "/Metadata" in root else ""
    if not _true(root.get("/MarkInfo", {}).get("/Marked")):
        yield "06-001: the document is not marked as tagged"
    if _true(root.get("/MarkInfo", {}).get("/Suspects")):
        yield "01-006: the tags are marked as suspect"
    if "/StructTreeRoot" not in root:
        yield "01-005: it has no structure tree"
    if not re.search(r"pdfuaid:part(=\"|>)1", metadata):
        yield "06-002: its metadata do not say PDF/UA-1"
    if "dc:title" not in metadata:
        yield "06-003: its metadata have no title"
    if not _true(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")):
        yield "07-002: the title is not what a viewer shows"
    if not root.get("/Lang"):
        yield "11-006: it has no language"
    if not reader.outline:
        yield "it has no outline"
    if reader.is_encrypted:
        yield "26-001: it is encrypted"


def _structure(elements: list[Any], roles: Any) -> Iterator[str]:
    level = 0
    for element in elements:
        kind = str(roles.get(element["/S"], element["/S"])).lstrip("/")
        if kind not in _STANDARD:
            yield f"02-001: {kind} is not a standard tag"
        if kind in ("Figure", "Formula") and not str(element.get("/Alt", "")).strip():
            yield f"{'13-004' if kind == 'Figure' else '17-002'}: a {kind} has no alternative text"
        if kind == "Table":
            inside = [e["/S"] for e in _elements(element)]
            if "/TH" not in inside:
                yield "15-003: a table has no header cell"
            if "/Table" in inside:
                yield "a table lies in a table"
        if kind == "TH" and not _scope(element):
            yield "15-003: a header cell has no scope"
        heading = re.fullmatch(r"H([1-6])", kind)
        if heading:
            if int(heading[1]) > level + 1:
                yield f"14-003: a heading of level {heading[1]} follows one of level {level}"
            level = int(heading[1])


def _pages(reader: PdfReader) -> Iterator[str]:
    fonts: dict[str, Any] = {}
    for number, page in enumerate(reader.pages, start=1):
        annotations = [annotation.get_object() for annotation in page.get("/Annots", [])]
        if annotations and page.get("/Tabs") != "/S":
            yield f"28-008: page {number} does not follow the structure at a tab"
        if "/StructParents" not in page:
            yield f"01-005: nothing on page {number} is tagged"
        for annotation in annotations:
            if "/StructParent" not in annotation:
                yield f"28-010: a link on page {number} is not tagged"
            if not annotation.get("/Contents"):
                yield f"28-012: a link on page {number} has no text"
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            fonts[str(font["/BaseFont"])] = font
    for name, font in fonts.items():
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        descriptor = inner.get("/FontDescriptor", {})
        if not any(f"/FontFile{n}" in descriptor for n in ("", "2", "3")):
            yield f"31-009: the font {name} is not embedded"
        if "/ToUnicode" not in font:
            yield f"31-027: the font {name} cannot be read as text"


def _true(entry: Any) -> bool:
    """pypdf's `false` is an object, and as such true."""
    return getattr(entry, "value", False) is True


def _scope(element: Any) -> bool:
    attributes = element.get("/A", ArrayObject())
    entries = attributes if isinstance(attributes, ArrayObject) else [attributes]
    return any("/Scope" in entry.get_object() for entry in entries)


def _elements(node: Any) -> Iterator[Any]:
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


def main() -> None:
    """`python -m pdf_accessibility FILE…`: a line each; fails if one has a fault."""
    if len(sys.argv) < 2:
        sys.exit("proofsheet: say which PDFs: python -m pdf_accessibility FILE…")
    found = {name: examine(Path(name)) for name in sys.argv[1:]}
    for name, finding in found.items():
        print(f"PDF/UA-1, {name}: {finding}")
    sys.exit(any(finding.faults for finding in found.values()))


if __name__ == "__main__":
    main()
