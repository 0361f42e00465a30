"""The HTML edition as a file: numbers and references of the PDF, provenance, figures inside."""

import base64
import re
from collections import Counter
from html import unescape
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pypandoc
import pytest
from PIL import Image

from proofsheet import figures
from proofsheet.jobs.atomic_files import write_json, write_text
from proofsheet.report.html import _formula, render
from proofsheet.report.inline_svg import Figures
from proofsheet.report.stage import stage
from sample_words import NUMBERED, SAID
from user_errors import refused

from .conftest import text_of


def words_of(page: str) -> str:
    """The text of a page on one line, without formulas."""
    body = re.sub(r"<(script|style|title|math)\b.*?</\1>|<head>.*?</head>", " ", page, flags=re.S)
    text = re.sub(
        r"<(/?(?:p|div|td|th|tr|dt|dd|li|h\d|summary|figcaption|pre)\b|br)[^>]*>", " ", body
    )
    return " ".join(unescape(re.sub(r"<[^>]*>", "", text)).split())


@pytest.fixture(scope="module")
def page(sample_to_read) -> str:
    return sample_to_read.page()


@pytest.mark.parametrize(
    "words",
    [
        # first page
        "Spring 2025 Homework Set 0 Ada Lovelace · 1815 · ada@example.org · March 16, 2025",
        "(our bar ≤ 10⁻⁵, met)",
        *SAID,
        *NUMBERED,
        # the mark of a derivation, citations
        "sum to zero, ✓1",
        "✓1 a = xᵀy / xᵀx Method sampled, autograd Trials 100 Largest error 3.2 × 10⁻¹⁵",
        "what Koklu and Ozkan (2020) take for granted",
    ],
)
def test_the_page_has_every_feature(page, words):
    assert words.lower() in words_of(page).replace("\u00a0", " ").lower()


def test_no_line_ends_between_a_formula_and_what_belongs_to_it(page):
    assert re.search(r'<span class="whole"><math display="inline">.*?</math>;</span>', page)
    assert re.search(r'zero,\xa0<a href="#check-1"', page)


THIN = '<mspace width="0.167em"></mspace>'
LOG = '<mrow><mi mathvariant="normal">log</mi><mo>&#8289;</mo></mrow>'


def test_a_space_follows_the_name_of_a_function_as_in_the_pdf(page):
    assert LOG + THIN + "<mi>a<" in page


@pytest.mark.parametrize(
    ("tex", "mathml"),
    [
        (r"-\log a", "<mi>−</mi><mrow>" + THIN + LOG[6:] + THIN + "<mi>a</mi>"),
        (r"\log(a)", LOG + '<mo stretchy="false" form="prefix">(</mo><mi>a</mi>'),
        (r"\frac{\log a}{\log b}", LOG + THIN + "<mi>b</mi></mrow></mfrac>"),
        (r"\left( \log a \right)", LOG + THIN + "<mi>a</mi>"),
        (r"\max_k a", "<mi>k</mi></msub>" + THIN + "<mi>a</mi>"),
        (r"a =", '<mo rspace="0">=</mo>'),
        (r"\left( a \right)", '<mo stretchy="false" form="prefix">(</mo><mi>a</mi>'),
        (r"\left( \frac ab \right)", '<mo stretchy="true" form="prefix">(</mo><mfrac>'),
        (r"\dot a", '<mi>a</mi><mo accent="true">˙</mo>'),
        (r"a'", '<mi>a</mi><mo lspace="0" rspace="0">′</mo>'),
    ],
)
def test_formulas_are_spaced_as_by_tex(tex, mathml):
    made = pypandoc.convert_text(f"${tex}$", "html5", "markdown", extra_args=["--mathml"])
    assert mathml in _formula(made)


def test_figures_tables_and_equations_have_the_numbers_of_the_pdf(sample_to_read, page):
    pdf = text_of(sample_to_read.pdf())
    names = r"\b(?:Figure|Table|Equation|Problem) \d[ab]?"
    # The cover of the PDF names the problems once more; the contents of the page as well.
    html = set(re.findall(names, words_of(page).replace("\u00a0", " ")))
    assert html == set(re.findall(names, pdf)) >= {"Figure 2b", "Table 2", "Equation 2"}


def test_a_number_tells_its_metric_in_full_and_its_run(page):
    (slope,) = re.findall(r"<span class=\"value\"[^>]*>0\.9877</span>", page)
    assert 'data-metric="sample_hw/p1_lines: slope = 0.98765"' in slope
    run = "run solve.py; seeds 0; device cpu (config.yaml); preset full"
    assert f'data-run="{run}"' in slope
    assert 'data-metric="sample_hw/p1_lines: method = &quot;normal_eq&quot;"' in page


def test_a_number_names_the_runs_that_it_is_of(sample):
    folder = sample.results / "sample_hw/p1_lines"
    metrics = {"slow": {"loss": 0.25}, "scales": {"fast": 0.5}}
    sample.update("sample_hw/p1_lines/metrics.json", **metrics)
    for name, seed, device in (("slow-0", 0, "cpu"), ("slow-1", 1, "cuda"), ("fast-7", 7, "cpu")):
        write_json(folder / f"runs/{name}.json", {"seed": seed, "device": device})
    write_json(folder / "runs/scaled.json", {"device": "cpu", "scales": {"fast": 0.5}})
    for metric in ("slow.loss", "scales.fast"):
        sample.append(f"One is {{{{< var sample_hw.p1_lines.{metric}.f2 >}}}}.")
    page = sample.page()
    for said in (
        'slow.loss = 0.25" data-run="run slow-0, slow-1; seeds 0, 1; device cpu, cuda; preset',
        # A record decides before a name that only looks alike; no seed in it, so it is the first.
        'scales.fast = 0.5" data-run="run scaled; seeds 0; device cpu; preset full"',
        # Nothing in the name of the slope says which run.
        'slope = 0.98765" data-run="run solve.py, which reads 4 runs; seeds 0, 1, 7; device',
    ):
        assert said in page


def test_a_number_in_code_stays_text(sample):
    sample.append("Type `lr={{< var sample_hw.p1_lines.slope.f2 >}}` there.")
    assert "<code>lr=0.99</code>" in sample.page()


def test_a_check_shows_the_source_of_its_function(page):
    (row,) = re.findall(r'<details class="row" id="check-1">.*?</details>', page, re.S)
    assert "slope in workflow/problems/sample_hw/p1_lines/derivations.py" in row
    assert unescape(re.search(r"<code>(.*?)</code>", row, re.S)[1]) == (
        '@equality_check("a = xᵀy / xᵀx")\ndef slope(rng, formula=None):\n    return 1 < 2 & 3'
    )


def test_what_a_script_made_leads_to_it_and_its_commit(page):
    (script,) = re.findall(
        r'<details class="row" id="script-sample_hw-p1_lines">.*?</details>', page, re.S
    )
    assert "<p>Commit not under git</p>" in script
    assert "Draws the &lt;line&gt;." in script
    # Three captions of figures with a number or a letter, one of a table; p2_beans has no script.
    assert page.count('href="#script-sample_hw-p1_lines"') == 4
    assert "script-sample_hw-p2_beans" not in page


def test_the_page_needs_nothing_but_itself(page):
    assert re.findall(r'<(?:link|script|img|iframe|object)[^>]*(?:src|href)="(?!data:)', page) == []
    assert "@import" not in page
    assert "{{" not in page
    ids = Counter(re.findall(r'\sid="([^"]+)"', page))
    assert [name for name, count in ids.items() if count > 1] == []
    assert {
        name for name in re.findall(r'(?:href="|url\()#([^")]+)', page) if name not in ids
    } == set()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\\bar y", "\\nonsense{y", "Could not convert TeX math"),
        ("In @fig-sample-hw-p1-line", "In @fig-nowhere", "to resolve crossref @fig-nowhere"),
        ("line.svg){#fig-sample-hw-p1-line ", "no.svg){#fig-sample-hw-p1-line ", "no such picture"),
        ("@koklu2020 take", "@nobody1999 take", "nobody1999 not found"),
    ],
)
def test_what_cannot_be_written_fails(sample, old, new, message):
    refused(message, broken, sample, old, new)


def broken(sample, old, new) -> None:
    """Render a staged project in which something was changed."""
    report = stage(sample.staging, sample.staged)
    path = sample.staged / "sample_hw/_p1_lines.qmd"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    output = sample.results / "page.html"
    try:
        render(report, sample.staged, "sample_hw", output, settings={}, renderer="pandoc")
    finally:
        assert not output.exists()


def test_of_quarto_its_pandoc_writes(sample, tmp_path, monkeypatch):
    quarto = tmp_path / "bin/quarto"
    write_text(
        quarto,
        '#!/bin/sh\n[ "$1" = --version ] && echo 1.9.38 && exit\n[ "$1" = pandoc ] || exit 1\n'
        f'shift\nexec {pypandoc.get_pandoc_path()} "$@"\n',
    )
    quarto.chmod(0o755)
    page = sample.page()
    monkeypatch.setenv("PATH", f"{quarto.parent}:/usr/bin:/bin")
    assert sample.page(renderer="quarto") == page


def test_a_picture_that_is_no_svg_is_inside(sample):
    picture = sample.folder / "prompt.png"
    Image.new("RGB", (3, 2), "red").save(picture)
    given = {"sample_hw": {"p2_beans": {"ai_tools": ["Claude"], "images": [str(picture)]}}}
    page = sample.page(sample.with_(acknowledgements=given))
    data = base64.b64encode(picture.read_bytes()).decode()
    assert f'<img src="data:image/png;base64,{data}" alt="Problem 2: Beans: prompt' in page


def drawn(folder: Path, picture=None) -> Path:
    """What our style and matplotlib leave: letters, a clip path, markers, hatches, a picture."""
    figure, axes = figures.new()
    axes.plot([0, 1, 2], [0, 1.23456789, 0.5], "o-", label="a line")
    axes.bar([0, 1], [0.3, 0.2], hatch="//")
    if picture is not None:
        axes.imshow(picture)
    axes.legend()
    figures.save(figure, folder / "figure.svg")
    plt.close(figure)
    return folder / "figure.svg"


def test_figures_on_one_page_share_letters_and_no_id(tmp_path):
    path = drawn(tmp_path)
    page = Figures()
    once, again = page.inline(path, "A <line>"), page.inline(path, "A line", "60%")
    text = once + again + page.letters()
    ids = Counter(re.findall(r'\sid="([^"]+)"', text))
    assert len(ids) > 10
    assert set(ids.values()) == {1}
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', text + page.styles())) == set(ids)
    own = set(re.findall(r'\sid="([^"]+)"', once)), set(re.findall(r'\sid="([^"]+)"', again))
    assert not own[0] & own[1]
    assert 'aria-label="A &lt;line&gt;"' in once
    assert 'style="width:60%"' in again
    assert len(once) < path.stat().st_size / 2
    for svg in (once, again, page.letters()):
        ElementTree.fromstring(svg)


def test_no_style_and_no_paper_of_a_figure_is_left(tmp_path):
    page = Figures()
    text = page.inline(drawn(tmp_path), "A line")
    assert "<style" not in text
    assert "<metadata" not in text
    assert not re.search(r"^\s*\*", page.styles(), re.M)
    assert "{fill:#ffffff}" not in page.styles()


def test_white_letters_are_not_taken_for_paper(tmp_path):
    figure, axes = plt.subplots()
    axes.set_axis_off()
    axes.text(0.5, 0.5, "41", color="white")
    figures.save(figure, tmp_path / "figure.svg")
    plt.close(figure)
    page = Figures()
    text = page.inline(tmp_path / "figure.svg", "A number")
    white = re.search(r"\.(\w+)\{fill:#ffffff\}", page.styles())[1]
    assert re.search(rf'<g class="{white}"[^>]*><use.*?<use', text)


def test_a_picture_in_a_figure_keeps_every_pixel(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    path = drawn(tmp_path, pixels)

    def shown(text: str) -> np.ndarray:
        data = re.search(r"data:image/\w+;base64,([^\"]+)", text)[1]
        return np.asarray(Image.open(BytesIO(base64.b64decode(data))).convert("RGBA"))

    page = Figures().inline(path, "Noise")
    assert 'class="picture"' in page
    assert "image/webp" in page
    np.testing.assert_array_equal(shown(page), shown(path.read_text(encoding="utf-8")))


def test_coordinates_move_by_less_than_a_hundredth_of_a_point(tmp_path):
    path = drawn(tmp_path)

    def coordinates(text: str) -> list[float]:
        paths = re.findall(r'<path [^>]*?\bd="(M ?[^"]*)"[^>]*clip-path', text, re.S)
        return [float(n) for d in paths for n in re.findall(r"-?\d+(?:\.\d+)?", d)]

    before = coordinates(path.read_text(encoding="utf-8"))
    after = coordinates(Figures().inline(path, "A line"))
    assert len(before) == len(after) > 10
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 0.005001
