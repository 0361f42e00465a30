"""A small problem set with every feature of a chapter, and made-up results for it."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from proofsheet.jobs.atomic_files import read_json, write_json, write_text
from proofsheet.jobs.errors import UserError
from proofsheet.report.html import render as render_page
from proofsheet.report.pdf_text import page_texts
from proofsheet.report.render import render as render_pdf
from proofsheet.report.stage import Staging, stage
from proofsheet.report.tables import write_table
from workflow_project import ROOT

SAMPLE = Path(__file__).parent / "sample"

LINE = """<svg xmlns="http://www.w3.org/2000/svg" width="300" height="160" viewBox="0 0 300 160">
<path d="M20 140H290M20 140V10" stroke="#333" fill="none"/>
<path d="M30 130L280 25" stroke="#0072B2" stroke-width="2" fill="none"/>
<g fill="#D55E00"><circle cx="60" cy="112" r="3"/><circle cx="120" cy="99" r="3"/>
<circle cx="180" cy="62" r="3"/><circle cx="240" cy="47" r="3"/></g></svg>
"""

SLOPE = {
    "id": "slope",
    "claim": "a = xᵀy / xᵀx",
    "method": "autograd",
    "trials": 100,
    "max_error": 3.2e-15,
    "tolerance": 1e-12,
    "passed": True,
}

SOURCE = {
    "dataset": "toy",
    "version": "1.0",
    "source": "standin",
    "standin": True,
    "official": False,
    "licence": "CC BY 4.0",
    "files": [{"name": "toy.csv", "sha256": "0123456789abcdef" * 4}],
    "counts": {
        "train": {"rows": 1200, "per_class": {"a": 700, "b": 500}},
        "val": {"rows": 400, "per_class": {"a": 300, "b": 100}},
        "test": {"rows": 400, "per_class": {"a": 300, "b": 100}},
    },
    "seed": 0,
}


DERIVATIONS = '''"""Derivations."""


def unrelated():
    return 1


@equality_check("a = xᵀy / xᵀx")
def slope(rng, formula=None):
    return 1 < 2 & 3
'''


@dataclass
class Sample:
    """The sample project in a folder of its own, to be broken by a test."""

    folder: Path
    staging: Staging = field(init=False)

    def __post_init__(self) -> None:
        self.staging = Staging(
            document="sample_hw",
            sets=["sample_hw"],
            report=self.report,
            results=self.results,
            author={"name": "Ada Lovelace", "student_id": "1815", "email": "ada@example.org"},
            settings={"preset": "full", "device": "cpu", "seeds": [0, 1, 2]},
            date="March 16, 2025",
        )

    @property
    def report(self) -> Path:
        return self.folder / "report"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    @property
    def staged(self) -> Path:
        return self.results / "report" / "sample_hw"

    def chapter(self, name: str = "_p1_lines") -> Path:
        return self.report / "sample_hw" / f"{name}.qmd"

    def append(self, text: str, name: str = "_p1_lines") -> int:
        """Add lines to a chapter; returns the number of the first of them."""
        path = self.chapter(name)
        before = path.read_text(encoding="utf-8")
        path.write_text(f"{before}\n{text}\n", encoding="utf-8")
        return before.count("\n") + 2

    def edit(self, old: str, new: str, name: str = "_p1_lines") -> None:
        path = self.chapter(name)
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def edit_set(self, old: str, new: str) -> None:
        path = self.report / "sample_hw" / "set.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def update(self, file: str, **values: Any) -> None:
        """Change keys of a JSON file of the results."""
        write_json(self.results / file, read_json(self.results / file) | values)

    def page(self, staging: Staging | None = None, **options: Any) -> str:
        """The text of `results/page.html`, which is rendered here."""
        staging = staging or self.staging
        report = stage(staging, self.staged)
        output = self.results / "page.html"
        options = {
            "settings": staging.settings,
            "root": self.folder,
            "renderer": "pandoc",
        } | options
        render_page(report, self.staged, staging.document, output, **options)
        return output.read_text(encoding="utf-8")

    def pdf(self, staging: Staging | None = None) -> Path:
        """`results/<document>.pdf`, which is rendered here by pandoc and typst."""
        staging = staging or self.staging
        stage(staging, self.staged)
        output = self.results / f"{staging.document}.pdf"
        render_pdf(self.staged, staging.document, output, renderer="pandoc", report=self.report)
        return output

    def faults(self, **changes: Any) -> list[str]:
        """The lines of the error of staging it, without the folder."""
        with pytest.raises(UserError) as error:
            stage(self.with_(**changes), self.staged)
        return [line.replace(f"{self.folder}/", "") for line in str(error.value).splitlines()]

    def with_(self, **changes: Any) -> Staging:
        return replace(self.staging, **changes)


@pytest.fixture
def sample(tmp_path) -> Sample:
    """The sample with its results, as the workflow would leave them."""
    return make_sample(tmp_path)


@pytest.fixture(scope="module")
def sample_to_read(tmp_path_factory) -> Sample:
    """The same, for tests that only read it."""
    return make_sample(tmp_path_factory.mktemp("sample"))


def text_of(pdf: Path) -> str:
    """The text of a PDF on one line."""
    return " ".join(" ".join(page_texts(pdf)).replace("\u00a0", " ").split())


def make_sample(folder: Path) -> Sample:
    """Write the sample project into an empty folder."""
    shutil.copytree(SAMPLE, folder / "report")
    for name in ("_quarto.yml", "typst-template.typ", "typst-show.typ"):
        shutil.copyfile(ROOT / "report" / name, folder / "report" / name)
    results = folder / "results"
    lines, beans = results / "sample_hw" / "p1_lines", results / "sample_hw" / "p2_beans"
    metrics = {"slope": 0.98765, "difference": 3.2e-9, "points": 13611, "method": "normal_eq"}
    write_json(lines / "metrics.json", metrics)
    write_json(lines / "checks.json", [SLOPE])
    write_text(lines / "figures" / "line.svg", LINE)
    starts = [(str(i), f"{i}.5000", "0.9877") for i in range(3)]
    write_table(lines / "tables" / "starts.md", ["start", "from", "slope"], starts)
    write_json(beans / "metrics.json", {"test_accuracy": 0.9321, "classes": ["A", "B"]})
    write_json(beans / "checks.json", [])
    rows = [(f"bean {i}", f"{i / 70:.4f}", f"{i * i}") for i in range(70)]
    write_table(beans / "tables" / "long.md", ["bean", "area", "square"], rows)
    write_json(results / "data" / "toy" / "source.json", SOURCE)
    write_text(
        results / "benchmarks" / "sample_hw" / "p1_lines.tsv",
        "s\th:m:s\tmax_rss\tmean_load\tcpu_time\n12.5\t0:00:12\t210.5\t90.0\t11.2\n",
    )
    scripts = folder / "workflow/problems/sample_hw/p1_lines"
    write_text(scripts / "derivations.py", DERIVATIONS)
    write_text(scripts / "figures.py", '"""Draws the <line>."""\n')
    return Sample(folder)
