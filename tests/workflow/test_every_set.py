"""Every set from the command to what is handed in: the quick run, from stand-in data, offline."""

from __future__ import annotations

import csv
import json

import nbformat
import pytest
import yaml
from pypdf import PdfReader

from proofsheet.hand_in import files, notebooks
from workflow_project import QUICK, ROOT

# csci5527_hw2 is the set of test_run.py.
OTHERS = sorted(
    path.parent.name
    for path in ROOT.glob("report/*/set.yaml")
    if path.parent.name != "csci5527_hw2"
)


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_the_set_runs_from_stand_ins_to_its_bundle(project, name):
    run = project.snakemake(name, *QUICK, timeout=1500)
    assert run.returncode == 0, run.stdout[-6000:]
    entry = yaml.safe_load((ROOT / f"report/{name}/set.yaml").read_text())
    results = project.folder / "results"

    bundle = results / "submission" / name
    assert {path.name for path in bundle.iterdir()} == set(files(name, entry))
    assert f"results/submission/{name}/" in run.stdout  # said at the end

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

    # Every part is where the page map says, and stand-ins are told on every page.
    pages = [page.extract_text() for page in PdfReader(results / f"{name}.pdf").pages]
    assert all("stand-in" in page.lower() for page in pages)
    with (results / f"{name}.pages.csv").open() as file:
        rows = list(csv.DictReader(file))
    asked = {
        (problem["title"], part)
        for problem in entry["problems"].values()
        for part in problem.get("parts", {})
    }
    assert len([row for row in rows if row["part"] != "all"]) == len(
        [part for _, part in asked if part != "all"]
    )
    for row in rows:
        if row["part"] == "all":
            words = "".join(row["problem"].split())
            assert words in "".join(pages[int(row["first_page"]) - 1].split()), row
