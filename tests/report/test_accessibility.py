"""A reader who cannot see the PDF, or not its colors: tags, texts for what is drawn, contrast."""

import logging
import re
from io import BytesIO
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

from pdf_accessibility import elements, faults
from proofsheet import figures
from proofsheet.report import lint, results
from proofsheet.report.sets import load
from user_errors import refused
from workflow_project import ROOT


@pytest.fixture(scope="module")
def pdf(sample_to_read) -> PdfReader:
    return PdfReader(BytesIO(sample_to_read.pdf().read_bytes()))


def test_a_report_that_is_not_accessible_says_so(sample, caplog):
    sample.append("##### Two levels are skipped\n\nWords.")
    with caplog.at_level(logging.WARNING, "proofsheet"):
        pdf = sample.pdf()
    assert "the PDF does not meet PDF/UA-1" in caplog.text
    assert "typst has refused it" in faults(pdf)[0]


def test_nothing_that_a_program_can_find_is_wrong(pdf):
    assert faults(pdf.stream) == []
    tree = list(elements(pdf.trailer["/Root"]["/StructTreeRoot"]))
    assert {"/Figure", "/Formula", "/Table", "/Link"} <= {element["/S"] for element in tree}
    alternatives = {element["/Alt"] for element in tree if "/Alt" in element}
    assert "Twenty points scattered around a rising line." in alternatives
    assert any("\\lVert y - a x - b \\mathbf{1} \\rVert" in text for text in alternatives)


def without(name):
    return lambda writer: writer.root_object.pop(NameObject(name))


def at_elements(kind, key, value):
    def change(writer):
        for element in elements(writer.root_object["/StructTreeRoot"]):
            if element["/S"] == kind:
                element[NameObject(key)] = value

    return change


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (without("/Lang"), "11-006: it has no language"),
        (without("/Outlines"), "it has no outline"),
        (at_elements("/Figure", "/Alt", TextStringObject(" ")), "13-004: a /Figure has no"),
        (at_elements("/TH", "/S", NameObject("/TD")), "15-003: a table has no header cell"),
        (at_elements("/TR", "/S", NameObject("/Table")), "a table lies in a table"),
    ],
)
def test_each_fault_is_found(pdf, tmp_path, change, fault):
    writer = PdfWriter(clone_from=pdf)
    change(writer)
    writer.write(tmp_path / "broken.pdf")
    assert any(fault in line for line in faults(tmp_path / "broken.pdf"))


@pytest.mark.parametrize(
    ("alt", "fault"),
    [
        ("", "has no fig-alt"),
        (" ", "has no fig-alt"),
        ("Points and the fitted line.", "its fig-alt is its caption"),
    ],
)
def test_a_caption_is_no_alternative_text(sample, alt, fault):
    path = sample.chapter()
    figure = re.search(r"!\[[^\]]*\](\([^)]*\)\{[^}]*?)fig-alt=\"[^\"]*\"", path.read_text())
    new = f'![Points and the fitted line.]{figure[1]}fig-alt="{alt}"'
    path.write_text(path.read_text().replace(figure[0], new))
    sets = [load(sample.report, "sample_hw")]
    outcomes = results.read(sample.results, sets)
    refused(fault, lint.check, sample.report, sample.results, sets, outcomes)


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_page(scheme):
    css = (ROOT / "src/proofsheet/report/page.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.S)
    colors = {}
    for block in blocks[: 1 if scheme == "light" else 2]:
        colors |= dict(re.findall(r"--(\w+): (#[0-9a-f]+);", block))
    for text in ("text", "quiet", "ink", "good", "alarm"):
        for ground in ("paper", "tint"):
            assert contrast(colors[text], colors[ground]) >= 4.5, (text, ground)


# Linear RGB as seen without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1).
SEEN = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(color, seen) -> np.ndarray:
    """CIE L*a*b* (D65) of a color, as it is seen."""
    srgb = np.array(mpl.colors.to_rgb(color))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = np.array(
        [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]
    ) @ np.clip(np.asarray(seen) @ linear, 0, 1)
    ratio = xyz / np.array([0.9505, 1.0, 1.0888])
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def nearest(colors, seen) -> float:
    """Smallest distance between two of the colors; a just visible one is about 2.3."""
    return min(np.linalg.norm(lab(a, seen) - lab(b, seen)) for a, b in combinations(colors, 2))


@pytest.mark.parametrize("eye", SEEN)
def test_no_two_colors_of_the_palette_look_alike_to_any_eye(eye):
    assert nearest(figures.COLOURS, SEEN[eye]) > 15


def test_red_and_green_would_look_alike():
    """The measure can fail."""
    assert nearest(["#A06000", "#608000"], SEEN["deuteranopia"]) < 15


def test_the_colors_of_figures_stand_out_from_the_paper():
    assert min(map(contrast, figures.COLOURS)) >= 3  # WCAG 2.2, graphics
    assert contrast("#56B4E9") < 3  # the measure can fail


def test_lines_differ_by_more_than_their_color():
    with mpl.rc_context():
        figures.new()
        cycle = mpl.rcParams["axes.prop_cycle"].by_key()
    assert len(set(cycle["linestyle"])) >= 4
    assert set(cycle["color"]) == set(figures.COLOURS)
