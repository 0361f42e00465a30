"""Rendering: every feature in the fallback's PDF, the choice of a renderer, and its failures."""

import os
import re
import stat
import sys
import unicodedata
from pathlib import Path

import pypandoc
import pytest
import typst
from pypdf import PdfReader

from proofsheet.jobs.atomic_files import write_text
from proofsheet.jobs.errors import UserError
from proofsheet.report import render as rendering
from proofsheet.report.pdf_text import page_texts
from proofsheet.report.render import FILTER, lua_filter, render
from proofsheet.report.stage import stage
from sample_words import NUMBERED, SAID
from user_errors import refused

from .conftest import text_of


@pytest.fixture
def written(tmp_path):
    """What the filter makes of a text, as typst."""

    def write(text: str, reader: str = "markdown") -> str:
        path = tmp_path / FILTER
        path.write_text(lua_filter(FILTER), encoding="utf-8")
        options = [f"--lua-filter={path}"]
        return pypandoc.convert_text(text, "typst", format=reader, extra_args=options)

    return write


@pytest.fixture(autouse=True)
def _no_quarto_but_a_tests_own(monkeypatch, tmp_path):
    """The machine's own Quarto, if any, is not what is tested here."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")


def rendered(sample, renderer) -> Path:
    stage(sample.staging, sample.staged)
    output = sample.results / "sample_hw.pdf"
    render(sample.staged, "sample_hw", output, renderer=renderer, report=sample.report)
    return output


@pytest.fixture(scope="module")
def page(sample_to_read) -> tuple[PdfReader, str]:
    """The PDF of the sample and its text, rendered once for all that only read it."""
    path = sample_to_read.pdf()
    return PdfReader(path), text_of(path)


@pytest.mark.parametrize(
    "words",
    [
        # first page and running heads
        "Homework Set 0 Ada Lovelace 1815 ada@example.org",
        "SAMPLE 101 SMALL EXAMPLES, SPRING 2025",
        "March 16, 2025",
        "(a) 1/2 answered, 1 check",
        "SAMPLE 101 HW 0 · Problem 1: Lines through points Ada Lovelace",
        *SAID,
        *NUMBERED,
        # the mark of a derivation and the table that it leads to
        "sum to zero,✓1",
        "(bound). No. Claim Method Trials Largest error Tolerance",
        "1 a = xᵀy / xᵀx sampled, autograd 100 3.2 × 10⁻¹⁵ 10⁻¹²",
        # citations
        "what M. Koklu and I. A. Ozkan [1] take for granted",
        "[1, p. 7]",
        "References [1] M. Koklu and I. A. Ozkan,",
        # acknowledgements
        "Acknowledgements Set Problem Collaborators AI tools",
        "SAMPLE 101 HW 0 all Not stated Not stated",
    ],
)
def test_the_pdf_has_every_feature(page, words):
    assert words in page[1]


def test_the_pdf_has_metadata_outline_and_numbered_pages(page):
    reader, texts = page[0], page_texts(page[0].stream.getvalue())
    assert reader.metadata.title == "Homework Set 0"
    assert reader.metadata.author == "Ada Lovelace"
    assert reader.trailer["/Root"]["/Lang"].startswith("en")
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert [title for title in titles if "Homework Set 0" in title]
    assert titles[-3:] == ["Acknowledgements", "Provenance", "References"]
    count = len(texts)
    for number, words in enumerate(texts, start=1):
        assert f"{number} of {count}" in words
        assert "stand-in data" in words  # every page says so
    assert float(reader.pages[0].mediabox.width) == 612  # us-letter


def test_real_data_leave_no_mark(sample):
    sample.update("data/toy/source.json", standin=False, official=True, source="official")
    text = text_of(sample.pdf())
    assert "stand-in" not in text.lower()
    assert "†" not in text
    assert "93.21 % (asked ≥ 92.00 %)" in text


def test_without_a_name_there_is_a_line_for_it_on_the_first_page_alone(sample):
    pdf = sample.pdf(sample.with_(author={}))
    first, *others = page_texts(pdf)
    assert "Name:" in first
    assert not any("Name:" in page or "author" in page for page in others)
    assert not PdfReader(pdf).metadata.author


CALLED = {
    "(b)(ii) More": "Problem 1 (b)(ii)",
    "(b) ii. More": "Problem 1 (b) ii",
    "(b) is it so?": "Problem 1 (b)",
    "1.2 More": "Part 1.2",
    "Q1.2 More": "Q1.2",
    "2. More": "Problem 1, part 2",
    "Part 2: More": "Problem 1, Part 2",
    "More of $x$": "“More of 𝑥”",
}


def test_a_reference_calls_a_section_as_its_heading_does(sample):
    for number, title in enumerate(CALLED):
        sample.append(
            f"So says @sec-more{number}, indeed.\n\n"
            f"### {title} {{#sec-more{number}}}\n\n<!-- given: 1.2 -->\n\nMore."
        )
    text = text_of(sample.pdf())
    assert re.findall("So says (.*?), indeed", text) == list(CALLED.values())


def test_symbols_whose_names_differ_between_versions_of_typst(sample, caplog):
    """pandoc writes `dot.circle` and `angle.l`, which typst 0.15 no longer has."""
    sample.append(r"So: $a \odot \langle b \rangle \cdot \ddot c \angle d \bigodot \dot e$.")
    caplog.set_level("INFO", "proofsheet")
    text = unicodedata.normalize("NFKD", text_of(sample.pdf()))
    # An accent follows the next character in the text layer.
    assert "So: a ⊙ ⟨b⟩ ⋅ c∠\u0308 d ⨀e.\u0307" in text
    assert "deprecated" not in caplog.text


def test_a_script_of_a_closing_delimiter_ends_before_the_next_letter(written):
    """pandoc 3.10 writes `^topd`, an unknown variable; an empty group brings the space."""
    text = written(r"So $(AB)^\top dX |x|_\infty^{2} y [a]_i^2 z$", "markdown")
    assert [part in text for part in (r"\)^top  d", r"\|_oo^2  y", r"\]_i^2  z")] == [True] * 3


def test_a_table_has_its_label_in_its_caption(written):
    """As Quarto's reader leaves it: without the extension that takes the label out."""
    source = "| a |\n|---|\n| 1 |\n\n: Words. {#tbl-x}\n"
    for reader in ("markdown", "markdown-table_attributes"):
        text = written(source, reader)
        assert 'figure.caption(position: top, [Words.]), kind: "quarto-float-tbl"' in text
        assert text.rstrip().endswith("<tbl-x>")


def test_two_renders_are_the_same(sample):
    first = sample.pdf().read_bytes()
    assert sample.pdf().read_bytes() == first


def test_a_picture_of_a_prompt_is_shown(sample):
    picture = sample.folder / "prompt.svg"
    picture.write_text((sample.results / "sample_hw/p1_lines/figures/line.svg").read_text())
    given = {"sample_hw": {"p2_beans": {"ai_tools": ["Claude"], "images": [str(picture)]}}}
    text = text_of(sample.pdf(sample.with_(acknowledgements=given)))
    assert "Problem 2: Beans: prompt and answer, picture 1 of 1" in text


def test_the_users_words_are_no_trace_of_the_renderer(sample):
    """As in https://github.com/jgm/pandoc/issues/9823."""
    words = ["ChatGPT (why are running stats needed in eval??)", "{{< var x >}} ?var:y " + 40 * "f"]
    given = {"sample_hw": {"p2_beans": {"ai_tools": words}}}
    text = text_of(sample.pdf(sample.with_(acknowledgements=given)))
    assert "needed in eval??" in text


def test_nothing_is_written_into_the_sources_or_the_staged_project(sample):
    stage(sample.staging, sample.staged)
    before = {path: path.stat().st_mtime_ns for path in sample.folder.rglob("*")}
    render(sample.staged, "sample_hw", sample.folder / "out.pdf", renderer="pandoc")
    after = {path: path.stat().st_mtime_ns for path in sample.folder.rglob("*")}
    after.pop(sample.folder / "out.pdf")
    before.pop(sample.folder, None)
    after.pop(sample.folder, None)
    assert after == before


def test_staging_anew_leaves_nothing_old(sample):
    stage(sample.staging, sample.staged)
    (sample.staged / "old.qmd").write_text("old")
    stage(sample.staging, sample.staged)
    assert not (sample.staged / "old.qmd").exists()


# What slips through the lint fails after the render.


def broken(sample, renderer="pandoc", **edits):
    """The error of rendering a staged project in which a file has been changed."""
    stage(sample.staging, sample.staged)
    for name, (old, new) in edits.items():
        path = sample.staged / "sample_hw" / f"{name}.qmd"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
    output = sample.results / "sample_hw.pdf"
    with pytest.raises(UserError) as error:
        render(sample.staged, "sample_hw", output, renderer=renderer, report=Path("report"))
    assert not output.exists()
    return str(error.value)


def test_a_question_mark_reference_or_hexadecimal_garbage_fails_the_render(sample):
    message = broken(sample, _p1_lines=("A trap", "A ?? trap " + "0a" * 40))
    assert "unresolved reference: ??" in message
    assert "hexadecimal text" in message


def test_a_checksum_in_a_note_is_no_garbage(tmp_path):
    pdf = typst.compile(b"7053d0359d879ad8a5505303e11de1dc")
    (fault,) = rendering.traces(pdf, tmp_path, Path("report"))
    assert "hexadecimal text" in fault
    write_text(tmp_path / "x.qmd", "official MD5 7053d0359d879ad8a5505303e11de1dc")
    assert rendering.traces(pdf, tmp_path, Path("report")) == []


@pytest.mark.parametrize(
    ("said", "count"),
    [
        (
            "[WARNING] Unable to resolve crossref @fig-x\nwarning: unknown font family: a",
            2,
        ),
        ("WARN: Could not fetch resource a.png\n", 1),
        ("Output created: submission.typ\n", 0),
        ("warning: layout did not converge\n18 │ a largest a does not exist\n", 0),
    ],
)
def test_complaints_are_found_in_a_log(tmp_path, said, count):
    assert len(rendering.complaints(said, tmp_path, Path("report"))) == count


# The choice of a renderer, with a quarto that a test wrote.

FAKE = """#!{python}
import sys
from pathlib import Path
if "--version" in sys.argv:
    print("{version}")
    sys.exit({version_status})
print("Rendering", *sys.argv[1:], Path.cwd().name)
{action}
"""


def fake_quarto(folder: Path, version="1.9.38", version_status=0, action="") -> None:
    path = folder / "bin" / "quarto"
    write_text(
        path,
        FAKE.format(
            python=sys.executable, version=version, version_status=version_status, action=action
        ),
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def typst_with(text: str) -> str:
    """Python that leaves this text as a typst file, as Quarto does."""
    return f"Path('sample_hw.typ').write_text({text!r})"


def test_a_new_enough_quarto_is_used(sample, tmp_path):
    fake_quarto(tmp_path, action=typst_with("by Quarto"))
    stage(sample.staging, sample.staged)
    output = sample.results / "x.pdf"
    assert render(sample.staged, "sample_hw", output) == "quarto 1.9.38"
    assert text_of(output) == "by Quarto"


@pytest.mark.parametrize(
    ("version", "status", "why"),
    [
        ("1.8.27", 0, "quarto 1.8.27 is older than 1.9"),
        ("no version", 0, "does not run (no version)"),
        ("1.9.38", 1, "does not run"),
    ],
)
def test_another_quarto_is_passed_over_in_one_line(sample, tmp_path, caplog, version, status, why):
    fake_quarto(tmp_path, version, status)
    caplog.set_level("WARNING", "proofsheet")
    output = rendered(sample, renderer="auto")
    assert "Lines through points" in text_of(output)
    (line,) = [record.getMessage() for record in caplog.records]
    assert why in line
    assert line.endswith("the report is rendered without Quarto")


def test_without_quarto_one_line_says_so(sample, caplog):
    caplog.set_level("WARNING", "proofsheet")
    rendered(sample, renderer="auto")
    assert [record.getMessage() for record in caplog.records] == [
        "no quarto on the PATH: the report is rendered without Quarto"
    ]


def test_a_quarto_that_is_demanded_must_be_there(sample):
    refused(r"no quarto 1\.9 or later on the PATH", rendered, sample, renderer="quarto")


def test_an_unknown_renderer_is_refused(sample):
    with pytest.raises(UserError, match="the renderer is 'word'; allowed: auto, quarto, pandoc"):
        rendered(sample, renderer="word")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A ?var:sample_hw.p1_lines.slope.f4 here", "_p1_lines.qmd:28: unresolved variable"),
        ("See ?@fig-nowhere here", "page 1: unresolved cross-reference: ?@fig-nowhere"),
        ("{{< var a.b >}}", "page 1: shortcode that was not filled in"),
    ],
)
def test_quarto_calls_it_a_success_and_the_text_says_otherwise(sample, tmp_path, text, message):
    fake_quarto(tmp_path, action=typst_with(re.sub("([@_<])", r"\\\1", text)))
    assert message in broken(sample, renderer="auto")


def test_a_warning_of_quarto_names_the_line(sample, tmp_path):
    said = "print('WARNING (x.lua:3) Unknown var sample_hw.p1_lines.slope.f4 in a shortcode')\n"
    fake_quarto(tmp_path, action=said + typst_with("fine"))
    assert "report/sample_hw/_p1_lines.qmd:28: WARNING" in broken(sample, renderer="auto")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("print('ERROR: it broke', file=sys.stderr); sys.exit(3)", "status 3: ERROR: it broke"),
        ("", "ended with status 0: Rendering render sample_hw.qmd --to typst project"),
        (typst_with("#nonsense"), "sample_hw.typ:1: typst: unknown variable: nonsense"),
    ],
)
def test_a_quarto_that_fails(sample, tmp_path, caplog, action, message):
    """With `auto` one line says why and the report is made; `quarto` ends with the line."""
    fake_quarto(tmp_path, action=action)
    told = broken(sample, renderer="quarto")
    assert message in told
    assert "\n" not in told
    caplog.clear()
    caplog.set_level("WARNING", "proofsheet")
    assert "Lines through points" in text_of(rendered(sample, renderer="auto"))
    (line,) = [record.getMessage() for record in caplog.records]
    assert line == f"{told}; the report is rendered without Quarto"


PANDOC = """
from proofsheet.report import expand, fallback
source = expand.lines(Path("sample_hw.qmd"), Path.cwd())
print(fallback.write(Path.cwd(), "sample_hw", source))
"""


@pytest.mark.parametrize("renderer", ["pandoc", "quarto"])
@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (("\\bar y", "\\nonsense{y"), r"_p1_lines\.qmd:18: typst cannot write the formula"),
        (("In @fig-sample-hw-p1-line", "In @fig-sample-hw-p9"), r"_p1_lines\.qmd:43: typst: label"),
        (
            ("what @koklu2020 take", "what @nobody1999 takes"),
            r"_p1_lines\.qmd:61: typst: .*nobody1999",
        ),
        (
            ("line.svg){#fig-sample-hw-p1-line ", "no.svg){#fig-sample-hw-p1-line "),
            r"_p1_lines\.qmd:41: typst: file not found",
        ),
    ],
)
def test_each_fault_has_its_file_and_line(sample, tmp_path, renderer, edit, message):
    if renderer == "quarto":
        fake_quarto(tmp_path, action=PANDOC)
    assert re.match("report/sample_hw/" + message, broken(sample, renderer, _p1_lines=edit))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Hence\n\n$$x = 1$$\n", True),
        ("Hence $x = 1$.\n", False),
        ("$$x = 1$$\n\n> Verified.\n", False),  # the theme sees to that
        (f"{'Because it is long. ' * 30}\n\n$$x = 1$$\n", False),
        ("### (a)\n\n*Show it* `now`.\n\nIt is shown.\n", True),
        ("### (a)\n\nIt is *shown*.\n", False),
    ],
)
def test_what_leads_to_an_equation_and_what_is_asked_stay_with_what_follows(written, text, kept):
    assert ("#block(width: 100%, sticky: true" in written(text)) == kept
