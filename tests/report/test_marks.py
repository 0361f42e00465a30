"""The marks of verified derivations, and the table that they lead to."""

import pytest

from proofsheet.jobs.atomic_files import read_json, write_json
from proofsheet.report import marks
from proofsheet.report.pdf_text import page_texts
from proofsheet.report.stage import stage


def check(method="reference", trials=100, name="a", error=2e-16, tolerance=1e-12, degree=0):
    return {
        "id": name, "claim": f"{name} = {name}", "method": method, "trials": trials,
        "max_error": error, "tolerance": tolerance, "passed": True, "degree": degree,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "trials", "printed"),
    [
        ("symbolic", 1, ("symbolic", "–")),
        ("exhaustive", 1, ("exhaustive", "–")),
        ("exact", 3, ("exact identity, d ≤ 0", "3")),
        # Drawn cases are not all cases, however each was compared.
        ("symbolic", 20, ("sampled, each symbolic", "20")),
        ("exhaustive", 20, ("sampled, each exhaustive", "20")),
        ("reference", 1, ("sampled, reference", "1")),
        ("finite-difference", 1000, ("sampled, finite differences", "1,000")),
    ],
)
def test_only_what_samples_nothing_is_called_symbolic_or_exhaustive(method, trials, printed):
    row = marks._row(1, check(method, trials))
    assert (row["method"], row["trials"]) == printed


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ([], ""),
        ([check("symbolic", 1)], "1 check passed: 1 symbolic."),
        (
            [check("exact", 3), check("exact", 3), check("reference", 1)],
            "3 checks passed: 2 by exact identities, 1 on sampled cases.",
        ),
        (
            [check("symbolic", 1), check("exhaustive", 1), check("symbolic", 5), check("bound")],
            "4 checks passed: 1 symbolic, 1 exhaustive, 2 on sampled cases.",
        ),
    ],
)
def test_the_summary_tells_exact_from_sampled(checks, said):
    assert marks.summary(checks) == said


def test_marks_count_in_the_order_of_citation_through_the_document(sample):
    for problem, names in (("p1_lines", "slope first second"), ("p2_beans", "third")):
        write_json(
            sample.results / "sample_hw" / problem / "checks.json",
            [check(name=name) for name in names.split()],
        )
    var = "{{{{< var sample_hw.{}.checks.{} >}}}}"
    sample.append(f"Words {var.format('p1_lines', 'second')} {var.format('p1_lines', 'first')}.")
    sample.append(f"> {var.format('p2_beans', 'third')}", "_p2_beans")  # a mark of its own
    text = "".join("".join(page_texts(sample.pdf())).split())
    rows = read_json(sample.staged / "generated/checks.json")["sample_hw"]
    assert [(row["number"], row["claim"][0]) for row in rows] == [
        (1, "s"), (2, "s"), (3, "f"), (4, "t"),
    ]  # fmt: skip
    assert "Words✓2✓3." in text
    assert "✓4" in text


def test_a_document_without_checks_has_no_table(sample):
    write_json(sample.results / "sample_hw/p1_lines/checks.json", [])
    sample.edit("{{< var sample_hw.p1_lines.checks.slope >}}", "<!-- no check: none -->")
    stage(sample.staging, sample.staged)
    assert "Checks" not in (sample.staged / "sample_hw.qmd").read_text(encoding="utf-8")
