"""Is every part where the page map of a PDF says, and does the PDF's outline lead there?"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import yaml
from pypdf import PdfReader

from proofsheet.report.pdf_text import page_texts


def problems_of(name: str, report: Path) -> list[tuple[str, list[str]]]:
    """Heading of each problem of a set, and the names that the page map has for its parts."""
    entry = yaml.safe_load((report / name / "set.yaml").read_text(encoding="utf-8"))
    called = entry.get("called", "Problem")
    return [
        (
            f"{called} {re.sub(r'[^0-9]', '', key.partition('_')[0])}: {problem['title']}",
            [_shown(str(part), key) for part in problem["parts"] if part != "all"],
        )
        for key, problem in entry["problems"].items()
    ]


def check_pages(pdf: Path, table: Path, name: str, report: Path) -> int:
    """Find the heading of each part of a set on the first page that its map names.

    The outline must lead to the same page, and the table of the PDF must say the same pages.

    Returns:
        How many parts were found.
    """
    reader = PdfReader(pdf)
    pages = [_plain(text) for text in page_texts(pdf)]
    outline = _entries(reader, reader.outline)
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    printed = " ".join(pages[: min(int(row["first_page"]) for row in rows) - 1])
    asked = [(h, part) for h, parts in problems_of(name, report) for part in ("all", *parts)]
    assert [(row["problem"], row["part"]) for row in rows] == asked
    for row in rows:
        first, last = int(row["first_page"]), int(row["last_page"])
        assert 1 <= first <= last <= len(pages), row
        heading = row["problem"] if row["part"] == "all" else _heading_of(row, name, report)
        assert _plain(heading) in pages[first - 1], (heading, row)
        assert (_plain(heading), first) in outline, (heading, row)
        assert (f"{first}–{last}" if last > first else str(first)) in printed, row
    return len([row for row in rows if row["part"] != "all"])


def _shown(part: str, key: str) -> str:
    if part.isdecimal():
        return f"{re.sub(r'[^0-9]', '', key.partition('_')[0])}.{part}"
    if re.fullmatch(r"[a-z]", part):
        return f"({part})"
    if re.fullmatch(r"[a-z][1-4]", part):
        return f"({part[0]})({('i', 'ii', 'iii', 'iv')[int(part[1]) - 1]})"
    return part


def _heading_of(row: dict[str, str], name: str, report: Path) -> str:
    """The first heading of the chapter that begins as the text names the part."""
    entry = yaml.safe_load((report / name / "set.yaml").read_text(encoding="utf-8"))
    number = re.match(r"\w+ (\d+):", row["problem"])[1]
    (key,) = [k for k in entry["problems"] if re.fullmatch(rf"[a-z]+{number}", k.split("_")[0])]
    chapter = (report / name / f"_{key}.qmd").read_text(encoding="utf-8")
    for heading in re.findall(r"^###+ (.+?) \{#", chapter, re.M):
        words = heading.replace(" ", "").lower()
        # (b)(ii) is also written "(b) ii."; 3.1 of problem 3 also "1.".
        names = {row["part"].lower(), row["part"].lower().rpartition(".")[2] + "."}
        within = re.fullmatch(r"\((\w)\)\((\w+)\)", row["part"])
        if within:
            names |= {f"({within[1]}){within[2]}."}
        found = [one for one in names if words.startswith(one.replace(" ", ""))]
        # "3." is no beginning of "3.1".
        if any(not words[len(one) :][:1].isdigit() for one in found):
            return re.sub(r"\$[^$]*\$.*", "", heading)  # mathematics is extracted as it is drawn
    raise AssertionError(f"{name}/_{key}.qmd has no heading for {row['part']}")


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
