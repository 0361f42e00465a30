"""The rubric and the page map: every part has an answer, on the pages that are named."""

from io import BytesIO

import pytest
import yaml
from pypdf import PdfWriter

from page_checks import check_pages
from proofsheet.jobs.atomic_files import read_json
from proofsheet.report import lint, results, rubric
from proofsheet.report.pages import page_map, to_csv
from proofsheet.report.pdf_text import page_texts
from proofsheet.report.sets import load
from user_errors import refused
from workflow_project import ROOT


def checked(sample):
    sets = [load(sample.report, "sample_hw")]
    outcomes = results.read(sample.results, sets)
    return lint.check(sample.report, sample.results, sets, outcomes)


def test_a_row_for_each_problem_and_part(sample_to_read):
    rows = [row.as_dict() for row in rubric.rows(checked(sample_to_read))]
    assert [(row["problem"], row["part"], row["points"]) for row in rows] == [
        ("Problem 1: Lines through points", "", ""),
        ("Problem 1: Lines through points", "(a)", "1/2"),
        ("Problem 1: Lines through points", "(b)", "1/2"),
        ("Problem 2: Beans", "", ""),
    ]
    assert [row["checks"] for row in rows] == [1, 1, 0, 0]
    assert rows[0]["bars"][0]["value"] == "3.2\xa0×\xa010⁻⁹"
    assert rows[3]["bars"][0]["state"] == "not applicable"


@pytest.mark.parametrize(
    ("part", "shown"),
    [("a", "(a)"), ("b2", "(b)(ii)"), ("2", "3.2"), ("Q4.1", "Q4.1"), ("Part 1", "Part 1")],
)
def test_a_part_is_called_as_the_texts_call_it(part, shown):
    assert rubric.shown(part, 3) == shown


def test_a_part_of_a_part_has_its_own_row_and_points(sample):
    sample.edit_set("b: 1/2", "b1: 1/4, b2: 1/4")
    sample.edit("{#sec-sample-hw-p1-b}", "{#sec-sample-hw-p1-b1}")
    sample.append("### (b)(ii) More {#sec-sample-hw-p1-b2}\n\nAnd more.")
    rows = [row.as_dict() for row in rubric.rows(checked(sample))]
    assert [(row["part"], row["points"]) for row in rows[1:4]] == [
        ("(a)", "1/2"), ("(b)(i)", "1/4"), ("(b)(ii)", "1/4"),
    ]  # fmt: skip
    assert rows[3]["label"] == "sec-sample-hw-p1-b2"


def test_a_problem_without_parts_is_told_as_answered(sample_to_read):
    assert [row.alone for row in rubric.rows(checked(sample_to_read))] == [
        False, False, False, True,
    ]  # fmt: skip


def test_a_bar_stands_at_its_part(sample):
    sample.edit_set("metric: difference", "metric: difference, part: b")
    rows = rubric.rows(checked(sample))
    assert [len(row.bars) for row in rows] == [0, 0, 1, 1]


def test_a_bar_for_an_unknown_part_is_refused(sample):
    sample.edit_set("metric: difference", "metric: difference, part: c")
    refused("is for part 'c'; allowed: a, b", load, sample.report, "sample_hw")


def test_a_part_without_a_section_fails_the_build(sample):
    sample.edit_set("b: 1/2", "c: 1/2")
    refused(r"_p1_lines.qmd:1: part c has no answer: no section", checked, sample)


def test_an_empty_section_is_no_answer(sample):
    sample.edit_set("b: 1/2", "b: 1/4, c: 1/4")
    line = sample.append("### (c) Nothing {#sec-sample-hw-p1-c}")
    refused(rf"_p1_lines.qmd:{line}: part c has no answer: its", checked, sample)


def test_parts_of_a_part_answer_it_together(sample):
    sample.edit("{#sec-sample-hw-p1-b}", "{#sec-sample-hw-p1-b1}")
    sample.append("### (b)(ii) More {#sec-sample-hw-p1-b2}\n\nAnd more.\n\n#### Below it\n\nWords.")
    row = rubric.rows(checked(sample))[2]
    assert (row.label, row.sections) == ("sec-sample-hw-p1-b1", 2)
    # The map goes to the end of the second one, and a subsection is no part.
    pdf = sample.pdf().read_bytes()
    rows = page_map(pdf, read_json(sample.staged / "generated/cover.json")["rubric"])
    assert rows[2]["last_page"] in (rows[3]["first_page"] - 1, rows[3]["first_page"])


def test_the_page_map_names_the_pages_of_the_pdf(sample):
    paragraph = "A long paragraph of many words that fills its line. " * 9
    filler = "\n\n".join([paragraph] * 8)
    sample.edit("### (b) How", f"{filler}\n\n### (b) How")
    pdf = sample.pdf()
    rows = page_map(pdf.read_bytes(), read_json(sample.staged / "generated/cover.json")["rubric"])
    (table := sample.folder / "pages.csv").write_text(to_csv(rows))
    check_pages(pdf, table, "sample_hw", sample.report)
    whole, a, b, beans = rows
    assert a["first_page"] < a["last_page"]
    assert a["last_page"] in (b["first_page"], b["first_page"] - 1)
    # The first problem ends where the second one begins.
    assert whole["last_page"] == b["last_page"] == beans["first_page"]


def test_a_pdf_without_the_places_is_refused(sample_to_read):
    row = rubric.rows(checked(sample_to_read))[0].as_dict() | {"label": "sec-elsewhere"}
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    empty = BytesIO()
    writer.write(empty)
    refused("no place for sec-elsewhere", page_map, empty.getvalue(), [row])


def test_a_document_of_some_problems_has_no_others(sample):
    chosen = sample.with_(
        document="sample_hw_lines", part={"title": "Lines", "problems": ["p1_lines"]}
    )
    # A reference to the other problem would lead nowhere.
    sample.edit("[@tbl-sample-hw-p1-starts; @tbl-sample-hw-p1-long]", "[@tbl-sample-hw-p1-starts]")
    text = "".join(page_texts(sample.pdf(chosen)))
    assert "Lines through points" in text
    assert "Homework Set 0: Lines" in text
    assert "Beans" not in text


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("report/*/set.yaml")), ids=lambda p: p.parent.name
)
def test_a_chapter_is_headed_as_the_page_map_calls_its_problem(path):
    for name, problem in yaml.safe_load(path.read_text())["problems"].items():
        heading, *_ = path.with_name(f"_{name}.qmd").read_text().splitlines()
        assert f": {problem['title']} {{#sec-" in heading
