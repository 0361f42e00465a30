"""A sentence that is edited renders the documents that print it, and runs nothing else."""

import re
import shutil

import pytest
import yaml

from proofsheet.report.captions import captions
from workflow_project import ROOT, copy_of_checkout

SETS = {
    path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(ROOT.glob("report/*/set.yaml"))
}
CHAPTERS = [(name, problem) for name, entry in SETS.items() for problem in entry["problems"]]
# Jobs that take a PDF: they copy it into a bundle, or only ask for it.
TAKE_A_PDF = {"all"} | {job for name in SETS for job in (name, f"{name}_hand_in")}


@pytest.fixture(scope="module")
def jobs(tmp_path_factory) -> list[tuple[str, list[str], list[str]]]:
    """Rule, inputs and outputs of every job of a fresh checkout, from one dry run."""
    project = copy_of_checkout(tmp_path_factory.mktemp("sentence") / "project")
    options = ("--config", "data={source: standin}", "--workflow-profile", "none", "--dry-run")
    pages = [f"results/{name}.html" for name in ("submission", *SETS)]
    said = project.succeed("all", *SETS, *pages, *options)
    blocks = re.split(r"(?m)^(?:local)?rule (\w+):$", said.replace(" (update)", ""))
    found = []
    for rule, block in zip(blocks[1::2], blocks[2::2], strict=True):
        files = {
            kind: (re.findall(rf"(?m)^    {kind}: (.+)$", block) or [""])[0].split(", ")
            for kind in ("input", "output")
        }
        found.append((rule, files["input"], files["output"]))
    return found


def documents_with(name: str, problem: str) -> list[str]:
    parts = SETS[name].get("documents", {}).items()
    apart = [f"{name}_{part}" for part, content in parts if problem in content["problems"]]
    return sorted(["submission", name, *apart])


@pytest.mark.parametrize(("name", "problem"), CHAPTERS, ids=lambda value: value)
def test_it_renders_each_document_that_prints_it_and_runs_nothing_else(jobs, name, problem):
    chapter = f"report/{name}/_{problem}.qmd"
    reading = [(rule, outputs) for rule, inputs, outputs in jobs if chapter in inputs]
    assert {rule for rule, _ in reading} == {"render", "render_html"}
    pages = sorted(outputs[0] for rule, outputs in reading if rule == "render_html")
    assert pages == [f"results/{name}.html", "results/submission.html"]
    pdfs = sorted(path for _, outputs in reading for path in outputs if path.endswith(".pdf"))
    assert pdfs == sorted(f"results/{document}.pdf" for document in documents_with(name, problem))


def test_what_takes_a_pdf_computes_nothing(jobs):
    made = {path for rule, _, outputs in jobs if rule == "render" for path in outputs}
    assert len(made) > 4 * len(SETS)
    assert {rule for rule, inputs, _ in jobs if made & set(inputs)} <= TAKE_A_PDF


@pytest.mark.parametrize("name", SETS)
def test_it_leaves_the_captions_of_the_html_report_as_they_are(tmp_path, name):
    shutil.copytree(ROOT / "report" / name, tmp_path / name)
    for chapter in (tmp_path / name).glob("_*.qmd"):
        chapter.write_text(f"{chapter.read_text()}\nOne more sentence.\n")
    assert captions(tmp_path, name) == captions(ROOT / "report", name)
