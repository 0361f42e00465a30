"""Pages that are nearly empty, and figures and footnotes far from the text that refers to them.

`PYTHONPATH=src:tests python -m page_layout results/*.pdf` prints what to mend.
"""

import ctypes
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
from pypdfium2 import raw

from proofsheet.report.pages import outline, place

TOP, BOTTOM = 1.1 * 72, 1.05 * 72
"""Margins of the theme in points; running heads and page numbers stand in them."""
SCALE = 0.5  # pixels per point


def sparse_pages(pdf: Path, least: float = 1 / 3) -> list[int]:
    """Pages, from 1, of which less than a part is used, but for the last ones of a set.

    A page is empty where its longest blank stretch is: a footnote does not fill it.
    """
    document = pypdfium2.PdfDocument(pdf)
    last = {top[0] - 1 for top, level in outline(document) if level == 1} | {len(document)}
    return [
        number
        for number, page in enumerate(document, start=1)
        if number not in last and 1 - _longest_blank(page) < least
    ]


def _longest_blank(page: pypdfium2.PdfPage) -> float:
    """The longest stretch without ink, as a share of the height of the text."""
    pixels = page.render(scale=SCALE, grayscale=True).to_numpy()
    rows = pixels.reshape(pixels.shape[0], -1)[int(TOP * SCALE) : -int(BOTTOM * SCALE)]
    inked = np.flatnonzero((rows < 200).any(axis=1))
    edges = np.concatenate([[-1], inked, [len(rows)]])
    return float((np.diff(edges) - 1).max() / len(rows))


def far_figures(pdf: Path, most: int = 1) -> list[tuple[str, int, int]]:
    """Name, page and page of the first reference of each figure that is more pages away."""
    document = pypdfium2.PdfDocument(pdf)
    first: dict[str, tuple[int, int]] = {}
    for number, page in enumerate(document, start=1):
        for text, target, _ in _links(document, page):
            if name := re.match(r"Figure\s\d+", text):
                first.setdefault(" ".join(name[0].split()), (target, number))
    return [(name, *pages) for name, pages in first.items() if abs(pages[0] - pages[1]) > most]


def parted_footnotes(pdf: Path) -> list[tuple[str, int, int]]:
    """Number, page and page of the mark of each footnote that is on another page than its mark."""
    document = pypdfium2.PdfDocument(pdf)
    return [
        (text, at, number)
        for number, page in enumerate(document, start=1)
        for text, at, height in _links(document, page)
        # A footnote begins with the number that its mark has; other links are numbers, too.
        if re.fullmatch(r"\d+", text)
        and at != number
        and re.search(rf"(?m)^{text}(?!\d)", _line(document[at - 1], height))
    ]


def _line(page: pypdfium2.PdfPage, height: float) -> str:
    """The text at a height in points from the top."""
    top = page.get_height() - height
    return page.get_textpage().get_text_bounded(bottom=top - 10, top=top - 2).strip()


def _links(
    document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage
) -> Iterator[tuple[str, int, float]]:
    """The text of each link within the document, and the page and height where it leads."""
    words = page.get_textpage()
    position, link, box = ctypes.c_int(), raw.FPDF_LINK(), raw.FS_RECTF()
    while raw.FPDFLink_Enumerate(page.raw, position, link):
        dest = raw.FPDFLink_GetDest(document.raw, link)
        if dest and raw.FPDFLink_GetAnnotRect(link, box):
            text = words.get_text_bounded(box.left, box.bottom, box.right, box.top)
            yield text.strip(), *place(document, dest)


def main() -> None:
    """A line for each page and figure."""
    if len(sys.argv) < 2:
        sys.exit("proofsheet: name PDFs: python -m page_layout FILE…")
    for name in sys.argv[1:]:
        for number in sparse_pages(Path(name)):
            print(f"{name}: page {number} is less than a third full")
        for figure, at, referred in far_figures(Path(name)):
            print(f"{name}: {figure} is on page {at}, its first reference on page {referred}")
        for note, at, marked in parted_footnotes(Path(name)):
            print(f"{name}: footnote {note} is on page {at}, its mark on page {marked}")


if __name__ == "__main__":
    main()
