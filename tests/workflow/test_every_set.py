"""Every set from the command to what is handed in: the quick run, from stand-in data, offline."""

from __future__ import annotations

import csv
import json

import nbformat
import pytest
import yaml
from pypdf import PdfReader

from page_checks import check_pages
from pdf_accessibility import examine
from proofsheet.notebooks.agreement import printed_numbers
from proofsheet.planning.submission import files, notebook_sources, notebooks
from proofsheet.report.pdf_text import page_texts
from workflow_project import QUICK, ROOT, Project

# csci5527_hw2 is the set of test_run.py.
OTHERS = sorted(
    path.parent.name
    for path in ROOT.glob("report/*/set.yaml")
    if path.parent.name != "csci5527_hw2"
)


def agreement_of(project: Project, name: str) -> list[str]:
    """What the notebooks of a set print that is not in its metrics; each prints some numbers."""
    wrong = []
    for problem, entry in yaml.safe_load((ROOT / f"report/{name}/set.yaml").read_text())[
        "problems"
    ].items():
        folder = project.folder / "results"
        metrics = json.loads((folder / name / problem / "metrics.json").read_text())
        for file in notebook_sources(entry):
            notebook = nbformat.read(folder / "notebooks" / name / file, as_version=4)
            numbers = list(printed_numbers(notebook, metrics))
            assert len(numbers) >= 2 or not metrics, file
            wrong += [f"{file}: {one}" for one in numbers if not one.agrees]
    return wrong


@pytest.fixture(scope="module")
def project(finished, tmp_path_factory) -> Project:
    """A checkout with the results of csci5527_hw2, in which the tests here add the other sets."""
    return finished.copy(tmp_path_factory.mktemp("every_set") / "project")


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_the_set_runs_from_stand_ins_to_its_bundle(project, name, pdf_report):
    run = project.snakemake(name, *QUICK, timeout=1500)
    assert run.returncode == 0, run.stdout[-6000:]
    entry = yaml.safe_load((ROOT / f"report/{name}/set.yaml").read_text())
    results = project.folder / "results"

    bundle = results / "submission" / name
    assert {path.name for path in bundle.iterdir()} == set(files(name, entry))
    # Said at the end, with what stands between this run and handing it in.
    assert f"results/submission/{name}/" in run.stdout
    assert "before that: this was a quick run" in run.stdout
    assert run.stdout.count("author.name in config.yaml is empty") == 1

    checks = [
        check
        for path in results.glob(f"{name}/*/checks.json")
        for check in json.loads(path.read_text())
    ]
    assert checks
    assert all(check["passed"] for check in checks)

    for path in notebooks(name, entry).values():
        notebook = nbformat.read(project.folder / path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert any(cell.outputs for cell in code), path
        assert not any(o.output_type == "error" for cell in code for o in cell.outputs), path

    assert agreement_of(project, name) == []

    found = examine(results / f"{name}.pdf")
    assert found.faults == ()
    pdf_report.append(f"{name}: {found}")

    pages = page_texts(results / f"{name}.pdf")
    assert all("stand-in" in page.lower() for page in pages)
    check_pages(results / f"{name}.pdf", results / f"{name}.pages.csv", name, ROOT / "report")


@pytest.mark.slow
def test_the_report_of_all_sets_has_at_most_twelve_pages_beside_its_answers(project, pdf_report):
    sets = ["csci5527_hw2", *OTHERS]
    run = project.snakemake(
        "results/submission.pdf", *QUICK[:-1], f"sets=[{', '.join(sets)}]", timeout=1500
    )
    assert run.returncode == 0, run.stdout[-6000:]
    pdf = project.folder / "results/submission.pdf"
    found = examine(pdf)
    assert found.faults == ()
    pdf_report.append(f"submission, all sets: {found}")

    with (project.folder / "results/submission.pages.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["set"] for row in rows}) == len(sets)
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
