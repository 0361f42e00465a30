"""Every set from the command to what is handed in: the quick run, from stand-in data, offline."""

import csv
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
import yaml
from pypdf import PdfReader

from page_checks import check_pages
from page_layout import far_figures, parted_footnotes, sparse_pages
from pdf_accessibility import faults
from proofsheet.planning.submission import files, notebooks
from proofsheet.report.pdf_text import page_texts
from workflow_project import ROOT

pytestmark = pytest.mark.slow
# Tables of problems with data that hold nothing measured on them.
UNMARKED = {
    "p1_optimizers/network", "p2_correlation/agreement", "p2_correlation/multichannel",
    "p2_correlation/sliding", "p2_correlation/timing", "p4_transfer/strategies",
    "p6_mytorch/mistakes", "p7_cifar10/listing", "q5_dropout/predicted", "q5_dropout/weights",
}  # fmt: skip
SETS = sorted(path.parent.name for path in ROOT.glob("report/*/set.yaml"))


@pytest.mark.parametrize("name", SETS)
def test_the_set_runs_from_stand_ins_to_its_bundle(finished, name):
    entry = yaml.safe_load((ROOT / f"report/{name}/set.yaml").read_text())
    results = finished.folder / "results"

    bundle = results / "submission" / name
    assert {path.name for path in bundle.iterdir()} == set(files(name, entry))

    checks = [
        check
        for path in results.glob(f"{name}/*/checks.json")
        for check in json.loads(path.read_text())
    ]
    assert checks
    assert all(check["passed"] for check in checks)

    for problem, facts in entry["problems"].items():
        for path in results.glob(f"{name}/{problem}/tables/*.md"):
            measured = "datasets" in facts and f"{problem}/{path.stem}" not in UNMARKED
            assert ("†" in path.read_text()) == measured, path

    for path in notebooks(name, entry).values():
        notebook = nbformat.read(finished.folder / path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert any(cell.outputs for cell in code), path
        assert all("proofsheet." not in cell.source for cell in code), path
        assert not any(o.output_type == "error" for cell in code for o in cell.outputs), path

    assert faults(results / f"{name}.pdf") == []
    pages = page_texts(results / f"{name}.pdf")
    assert all("stand-in" in page.lower() for page in pages)
    check_pages(results / f"{name}.pdf", results / f"{name}.pages.csv", name, ROOT / "report")


def test_the_run_says_what_is_ready_and_what_stands_before_handing_it_in(finished):
    said = (finished.folder.parent / "run.log").read_text()
    for name in SETS:
        assert f"results/submission/{name}/" in said
    assert "before that: this was a quick run" in said
    assert said.count("author.name in config.yaml is empty") == 1


def test_the_notebooks_print_the_numbers_of_the_report(finished):
    """`make verify`, which counts every difference; each notebook prints some numbers."""
    run = subprocess.run(
        [sys.executable, "-m", "proofsheet.notebooks.agreement"], cwd=finished.folder,
        env=os.environ | {"PYTHONPATH": "src"}, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    counts = re.findall(r"(?m)^(\w+)/\S+\.ipynb: (\d+) numbers$", run.stdout)
    assert {name for name, _ in counts} == set(SETS)
    # Of one problem, of words and formulas, there is nothing to measure.
    assert sum(int(count) < 2 for _, count in counts) <= 1, run.stdout
    assert re.search(r"(\d+) numbers compared, 0 differ", run.stdout)


def test_one_pass_of_typst_is_enough(finished):
    """A letter that its own fonts lack has it set the whole document twice."""
    logs = sorted((finished.folder / "results/logs/report").glob("*.log"))
    assert len(logs) > len(SETS)
    for log in logs:
        assert "starts anew" not in log.read_text(encoding="utf-8"), log


def test_no_page_is_nearly_empty_and_no_figure_far_from_its_text(finished):
    pdf = finished.folder / "results/csci5527_hw2.pdf"
    assert sparse_pages(pdf) == []
    assert far_figures(pdf) == []
    assert parted_footnotes(pdf) == []


def test_the_report_of_all_sets_has_at_most_twelve_pages_beside_its_answers(finished):
    pdf = finished.folder / "results/submission.pdf"
    assert faults(pdf) == []

    with (finished.folder / "results/submission.pages.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["set"] for row in rows}) == len(SETS)
    answers = {
        page for row in rows for page in range(int(row["first_page"]), int(row["last_page"]) + 1)
    }
    reader = PdfReader(pdf)
    (references,) = (
        reader.get_destination_page_number(entry) + 1
        for entry in reader.outline
        if not isinstance(entry, list) and entry.title == "References"
    )
    beside = set(range(1, references)) - answers
    assert len(beside) <= 12, sorted(beside)
