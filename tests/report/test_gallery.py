"""The figures and tables of Snakemake's report: captions in its language, tables as pages."""

import re

import pytest
from docutils.core import publish_parts

from proofsheet.report.captions import captions
from proofsheet.report.gallery import fill
from workflow_project import ROOT


def test_captions_are_told_in_restructured_text(sample_to_read):
    found = captions(sample_to_read.report, "sample_hw")
    assert found["p1_lines/starts"] == "Every start ends at the same slope."
    assert found["p2_beans/long"] == "A table that is longer than a page."
    # Shown several times: the first caption is the figure's own.
    assert found["p1_lines/line"].startswith("The points and the line of an equation")


def test_a_caption_with_mathematics_references_and_results(sample):
    sample.append(
        "![The rate $x^{\\mathsf T} r$ of @eq-sample-hw-p1-slope [@koklu2020] is"
        " {{< var sample_hw.p1_lines.slope.f4 >}}.](figures/sample_hw/p1_lines/rate.svg)"
        '{#fig-sample-hw-p1-rate width=60% fig-alt="A rate."}'
    )
    caption = captions(sample.report, "sample_hw")["p1_lines/rate"]
    assert caption == "The rate \\ :math:`x^{\\mathsf T} r`\\  of an equation is …."
    html = publish_parts(caption, writer="html")["body"]
    assert "system-message" not in html
    assert 'class="formula"' in html


@pytest.mark.parametrize(
    "name", sorted(path.parent.name for path in ROOT.glob("report/*/set.yaml"))
)
def test_whatever_the_chapters_show_has_a_caption_that_can_be_shown(name):
    found = captions(ROOT / "report", name)
    text = "".join(path.read_text() for path in (ROOT / "report" / name).glob("_*.qmd"))
    shown = re.findall(rf"figures/{name}/([\w-]+/[\w-]+)\.svg", text)
    shown += re.findall(rf"include /tables/{name}/([\w-]+/[\w-]+)\.md", text)
    assert len(shown) > 10
    assert [key for key in shown if not found.get(key)] == []
    for key, caption in found.items():
        html = publish_parts(caption, writer="html", settings_overrides={"report_level": 5})
        assert "system-message" not in html["body"], key


def test_tables_become_pages_and_nothing_stays(sample):
    folder = sample.folder / "gallery"
    (folder / "p9_gone").mkdir(parents=True)
    fill(folder, sample.results / "sample_hw", ["p1_lines", "p2_beans"])
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.*")}
    assert found == {"p1_lines/line.svg", "p1_lines/starts.html", "p2_beans/long.html"}
    page = (folder / "p2_beans/long.html").read_text()
    assert page.count("<tr") == 71
    assert "<th" in page
    assert "bean 69" in page
