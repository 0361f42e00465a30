"""Figures inside an HTML page: small, with ids of their own, and on no paper of their own.

What matplotlib writes is parsed and written anew. Coordinates keep a hundredth of a point; letters
and styles are defined once for the whole page; names that nothing refers to and groups that do
nothing go; a picture inside a figure is compressed without loss.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_NOT_DRAWN = ("metadata", "style", "title")
_PAPER = "fill:#ffffff"  # the style of the background of a figure or of its axes
_LETTER = re.compile(r"[A-Z]\w+-\w*-[0-9a-f]+")  # matplotlib's id, such as STIXGeneral-Regular-14
_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_COORDINATES = (
    "d", "x", "y", "width", "height", "points", "x1", "x2", "y1", "y2", "cx", "cy", "r",
)  # fmt: skip


class Figures:
    """The figures of one page, and what they share."""

    def __init__(self) -> None:
        self._ids: dict[tuple[int, str], str] = {}
        self._letters: dict[str, str] = {}
        self._styles: dict[str, str] = {}
        self._count = 0

    def inline(self, path: Path, alt: str, width: str = "") -> str:
        """The `<svg>` element of a file.

        Args:
            width: share of the line, such as `60%`; '' for the figure's own width.
        """
        root = ElementTree.parse(path).getroot()
        self._count += 1
        photographs = next(root.iter(f"{_SVG}image"), None) is not None
        box = root.get("viewBox") or f"0 0 {root.get('width')} {root.get('height')}"
        self._clean(root, set(_references(root)))
        return (
            f'<svg class="{"picture" if photographs else "drawing"}" role="img"'
            f' aria-label="{escape(alt)}" viewBox="{box}"'
            f' style="width:{width or box.split()[2] + "pt"}">{_inside(root)}</svg>'
        )

    def letters(self) -> str:
        """A hidden `<svg>` with the letters of all figures so far."""
        letters = "".join(self._letters.values())
        return f'<svg class="letters" aria-hidden="true"><defs>{letters}</defs></svg>'

    def styles(self) -> str:
        """The style sheet of all figures so far."""
        return "".join(f".{name}{{{style}}}\n" for style, name in self._styles.items())

    def _clean(self, parent: Element, used: set[str]) -> None:
        """Rewrite everything below an element."""
        kept: list[Element] = []
        for child in parent:
            style = _compact(child.get("style", ""))
            if _name(child) in _NOT_DRAWN or (_name(child) == "path" and style == _PAPER):
                continue
            self._clean(child, used)
            letter = _LETTER.fullmatch(child.get("id", ""))
            if child.get("id") not in used:
                child.attrib.pop("id", None)
            child.attrib = dict(self._attribute(*pair) for pair in child.items())
            if letter:
                self._letters.setdefault(letter[0], _written(child))
            elif _name(child) == "g" and not child.attrib:
                kept += child
            elif _name(child) != "defs" or len(child):
                kept.append(child)
        parent[:] = kept

    def _attribute(self, key: str, value: str) -> tuple[str, str]:
        """An attribute as it is written on the page."""
        if key == "id":
            return key, self._id(value)
        if key == _HREF:
            return "href", f"#{self._id(value[1:])}" if value[0] == "#" else _packed(value)
        value = re.sub(r"url\(#([\w-]+)\)", lambda match: f"url(#{self._id(match[1])})", value)
        if key == "style":
            style = _compact(value)
            return "class", self._styles.setdefault(style, f"s{len(self._styles)}")
        if key in _COORDINATES:
            return key, re.sub(r"\s*([A-Za-z])\s*", r"\1", _rounded(value)).replace(
                "\n", " "
            ).strip()
        if key == "transform":
            return key, re.sub(r"translate\([^)]*\)", lambda match: _rounded(match[0]), value)
        return key, value

    def _id(self, name: str) -> str:
        """A letter is the same in all figures; everything else is a figure's own."""
        key = (0 if _LETTER.fullmatch(name) else self._count, name)
        return self._ids.setdefault(key, f"_{len(self._ids)}")


def _references(root: Element) -> Iterator[str]:
    """Every id that something in a figure refers to."""
    for element in root.iter():
        for value in element.attrib.values():
            yield from re.findall(r"(?:^|url\()#([\w-]+)", value)


def _compact(style: str) -> str:
    return re.sub(r"\s*([:;])\s*", r"\1", style).strip(";")


def _rounded(text: str) -> str:
    return _NUMBER.sub(lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip("."), text)


def _packed(address: str) -> str:
    """A `data:` address of a PNG as one of a lossless WebP, where that is shorter."""
    from PIL import Image

    head, _, data = "".join(address.split()).partition("base64,")
    if head != "data:image/png;":
        return address
    packed = BytesIO()
    with Image.open(BytesIO(base64.b64decode(data))) as picture:
        picture.save(packed, "WEBP", lossless=True, quality=75, method=4, exact=True)
    shorter = base64.b64encode(packed.getvalue()).decode()
    return (
        f"data:image/webp;base64,{shorter}" if len(shorter) < len(data) else head + "base64," + data
    )


def _name(element: Element) -> str:
    return element.tag.removeprefix(_SVG)


def _written(element: Element) -> str:
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in element.attrib.items())
    inside = _inside(element)
    tail = f">{inside}</{_name(element)}>" if inside else "/>"
    return f"<{_name(element)}{attributes}{tail}"


def _inside(element: Element) -> str:
    return escape((element.text or "").strip()) + "".join(map(_written, element))
