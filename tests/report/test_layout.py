"""Nearly empty pages, far figures and footnotes are found; the theme keeps lines together."""

import typst

from page_layout import far_figures, parted_footnotes, sparse_pages
from proofsheet.jobs.atomic_files import write_text
from proofsheet.report.pdf_text import page_texts

PARAGRAPHS = "\n\n".join(["A long paragraph of words that fills its line and then some. " * 8] * 20)
FIGURE = (
    "![A.](figures/sample_hw/p1_lines/line.svg){#fig-far width=100% "
    'fig-alt="Twenty points around a line."}'
)


def test_the_sample_has_neither(sample_to_read):
    pdf = sample_to_read.pdf()
    assert sparse_pages(pdf) == []
    assert far_figures(pdf) == []
    assert parted_footnotes(pdf) == []


def test_a_page_with_a_few_lines_is_found(sample):
    figures = sample.results / "sample_hw/p1_lines/figures"
    line = (figures / "line.svg").read_text(encoding="utf-8")
    # Two of them do not fit on a page.
    write_text(figures / "tall.svg", line.replace('"160"', '"390"').replace("300 160", "300 390"))
    figure = '![](figures/sample_hw/p1_lines/tall.svg){width=100% fig-alt="A line."}'
    sample.append(f"{figure}\n\n{'Words. ' * 60}the last.[^low]\n\n[^low]: A note.\n\n{figure}")
    pages = page_texts(pdf := sample.pdf())
    assert sparse_pages(pdf) == [n for n, text in enumerate(pages, 1) if "the last." in text]


def test_a_figure_far_from_its_first_reference_is_found(sample):
    sample.append(f"See @fig-far.\n\n{PARAGRAPHS}\n\n{FIGURE}")
    ((name, at, referred),) = far_figures(sample.pdf())
    assert name == "Figure 3"
    assert at - referred == 3


def test_a_footnote_on_another_page_than_its_mark_is_found(tmp_path):
    source = "A#footnote[Near.] B#footnote[Far.]<far> #pagebreak() C#footnote[Near.] D@far"
    pdf = tmp_path / "x.pdf"
    typst.compile(source.encode(), output=pdf)
    assert parted_footnotes(pdf) == [("2", 1, 2)]
