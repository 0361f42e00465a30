"""A reader who cannot see the PDF, or not its colors: tags, texts for what is drawn, contrast."""

from __future__ import annotations

import logging
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from proofsheet import figures
from proofsheet.report.render import render
from proofsheet.report.stage import stage

ROOT = Path(__file__).parents[2]


def rendered(sample) -> PdfReader:
    stage(sample.staging, sample.staged)
    output = sample.folder / "x.pdf"
    render(sample.staged, "sample_hw", output, renderer="pandoc")
    return PdfReader(BytesIO(output.read_bytes()))


@pytest.fixture(scope="module")
def pdf(sample_to_read) -> PdfReader:
    return rendered(sample_to_read)


def elements(node, reader):
    """Every element of the structure tree below `node`."""
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for child in node:
            yield from elements(child, reader)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"], reader)


def test_the_pdf_declares_that_it_is_accessible(pdf):
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part(=\"|>)1", metadata)


def test_headings_tables_figures_and_formulas_are_tagged(pdf):
    tree = list(elements(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"], pdf))
    kinds = Counter(element["/S"] for element in tree)
    assert kinds["/H1"] >= 1
    assert kinds["/H2"] >= 2
    assert kinds["/Table"] >= 3
    assert kinds["/TH"] >= 3
    for element in tree:
        if element["/S"] in ("/Figure", "/Formula"):
            assert element.get("/Alt", "").strip(), element
    alternatives = {e["/Alt"] for e in tree if "/Alt" in e}
    assert "Twenty points scattered around a rising line." in alternatives
    assert any("\\lVert y - a x - b \\mathbf{1} \\rVert" in text for text in alternatives)


def test_a_report_that_is_not_accessible_says_so(sample, caplog):
    sample.append("##### Two levels are skipped\n\nWords.")
    with caplog.at_level(logging.WARNING, "proofsheet"):
        assert rendered(sample).pages
    assert "not accessible as PDF/UA-1 asks" in caplog.text


def luminance(color) -> float:
    """Relative luminance (WCAG 2.2) of any color that matplotlib knows."""
    channels = mpl.colors.to_rgb(color)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(color, on="white") -> float:
    light, dark = sorted((luminance(color), luminance(on)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["ink", "grey", "good", "alarm"])
def test_words_stand_out_from_the_paper(name):
    theme = (ROOT / "report/typst-template.typ").read_text(encoding="utf-8")
    color = re.search(rf'#let {name} = rgb\("(#\w+)"\)', theme)[1]
    assert contrast(color) >= 4.5  # WCAG 2.2, level AA


def test_lines_differ_by_more_than_their_color():
    with mpl.rc_context():
        figures.new()
        cycle = mpl.rcParams["axes.prop_cycle"].by_key()
    assert len(set(cycle["linestyle"])) >= 4
    # The palette of Okabe and Ito, made for readers who confuse colors.
    assert {color.upper() for color in cycle["color"]} <= {
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442",
    }  # fmt: skip
