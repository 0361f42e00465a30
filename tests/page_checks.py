"""Is every part where the page map of a PDF says, and does the PDF's outline lead there?"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader

from proofsheet.report import rubric
from proofsheet.report.pdf_text import page_texts
from proofsheet.report.sets import load


def headings(name: str, report: Path) -> Iterator[tuple[str, str, str]]:
    """Problem, part and heading of each row of a set's page map; the part is `all` or as shown."""
    for problem in load(report, name).problems.values():
        chapter = (report / name / f"_{problem.id}.qmd").read_text(encoding="utf-8")
        whole = re.search(r"^## (.+?) \{#", chapter, re.M)[1]
        yield whole, "all", whole
        for part in problem.parts:
            if part != "all":
                shown = rubric.shown(part, int(re.search(r"\d+", problem.key)[0]))
                # (b)(i) is labelled b1.
                label = rf"sec-[\w-]+-{problem.key}-{rubric._slug(part)}\d?"
                heading = re.search(rf"^###+ (.+?) \{{#{label}\}}", chapter, re.M)[1]
                # "(b)(ii)" is also written "(b) ii."; "3.1" also "1.".
                assert re.findall(r"\w+", shown)[-1] in re.findall(r"\w+", heading)[:4], heading
                yield whole, shown, re.sub(r"\$[^$]*\$.*", "", heading)  # a formula is drawn


def check_pages(pdf: Path, table: Path, name: str, report: Path) -> None:
    """The heading of each part of a set is on the first page that its map names.

    The outline leads to the same page, and the table of the PDF says the same pages.
    """
    reader = PdfReader(pdf)
    pages = [_plain(text) for text in page_texts(pdf)]
    outline = _entries(reader, reader.outline)
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    printed = " ".join(pages[: min(int(row["first_page"]) for row in rows) - 1])
    asked = list(headings(name, report))
    assert [(row["problem"], row["part"]) for row in rows] == [row[:2] for row in asked]
    for row, (*_, heading) in zip(rows, asked, strict=True):
        first, last = int(row["first_page"]), int(row["last_page"])
        assert 1 <= first <= last <= len(pages), row
        assert _plain(heading) in pages[first - 1], (heading, row)
        assert (_plain(heading), first) in outline, (heading, row)
        assert (f"{first}–{last}" if last > first else str(first)) in printed, row


def _entries(reader: PdfReader, outline: list) -> set[tuple[str, int]]:
    found = set()
    for entry in outline:
        if isinstance(entry, list):
            found |= _entries(reader, entry)
        else:
            found.add((_plain(entry.title), reader.get_destination_page_number(entry) + 1))
    return found


def _plain(text: str) -> str:
    """Without spaces, at which lines break; hyphens and quotes as they are typed."""
    return re.sub(r"\s", "", text).replace("’", "'").replace("\u00ad", "")
