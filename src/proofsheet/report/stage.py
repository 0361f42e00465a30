"""Put one document together: chapters, numbers, figures, tables, cover, in one folder.

The folder is a Quarto project of its own: generated files never mix with written ones, and a set
can be rendered without waiting for the others.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from proofsheet.jobs.atomic_files import write_json, write_text
from proofsheet.report import (
    acknowledgements,
    claims,
    cover,
    lint,
    marks,
    provenance,
    results,
    rubric,
    variables,
)
from proofsheet.report.chapter import VARIABLE
from proofsheet.report.lint_rules import Report
from proofsheet.report.sets import ProblemSet, load

THEME = ("_quarto.yml", "references.bib", "typst-template.typ", "typst-show.typ")
CHECKS = "generated/checks.json"


@dataclass(frozen=True)
class Staging:
    """What a document is made of.

    Attributes:
        document: `submission`, or the name of a set.
        part: `title` and `problems` of a document with some problems of its only set; else empty.
        settings: `preset` and the other settings that the provenance section names.
        date: as it is printed; today if empty.
    """

    document: str
    sets: list[str]
    part: Mapping[str, Any] = field(default_factory=dict)
    report: Path = Path("report")
    results: Path = Path("results")
    author: Mapping[str, str] = field(default_factory=dict)
    acknowledgements: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    date: str = ""

    @classmethod
    def of_job(cls, snakemake: Any) -> Staging:
        """That of a job, from its document and its parameters of these names."""
        names = ("sets", "part", "author", "acknowledgements", "settings")
        given = {name: getattr(snakemake.params, name) for name in names}
        return cls(snakemake.wildcards.document, **given)


def stage(job: Staging, folder: Path) -> Report:
    """Check the chapters, then write the project into `folder` (which is replaced).

    Returns:
        What the document consists of.

    Raises:
        UserError: a missing result, or one line for each fault that `lint` finds.
    """
    sets = [load(job.report, name) for name in job.sets]
    if job.part:
        sets = [sets[0].only(job.part["problems"], job.part["title"])]
    outcomes = results.read(job.results, sets)
    preset = str(job.settings.get("preset", "full"))
    checked = lint.check(job.report, job.results, sets, outcomes, preset)

    shutil.rmtree(folder, ignore_errors=True)
    chapters = lint.chapters(sets)
    for name in THEME:
        _copy(job.report / name, folder / name)
    for name, chapter in zip(chapters, checked.chapters, strict=True):
        write_text(folder / name, claims.resolve(chapter, checked.context(chapter)))
    for outcome in outcomes:
        for kind, suffix in (("figures", "svg"), ("tables", "md")):
            for path in sorted((outcome.folder / kind).glob(f"*.{suffix}")):
                place = folder / kind / outcome.set.id / outcome.problem.id
                _copy(path, place / path.name)
    for name, path in acknowledgements.images(sets, job.acknowledgements).items():
        _copy(path, folder / name)

    named = {name for chapter in chapters for name in VARIABLE.findall(_text(folder / chapter))}
    # JSON is YAML in which every text is quoted: '0' stays a text.
    write_json(folder / "_variables.yml", variables.only(checked.variables, named))
    write_text(folder / f"{job.document}.qmd", "\n".join(_document(job, checked)))
    _generate(job, folder / "generated", checked)
    return checked


def _document(job: Staging, checked: Report) -> Iterator[str]:
    """The document in Markdown: each set with its table of checks, then the back matter."""
    for problem_set in checked.sets:
        yield from _chapters(problem_set)
        if any(o.checks for o in checked.outcomes if o.set == problem_set):
            yield "## Checks {.unnumbered}\n"
            yield f'```{{=typst}}\n#checks-table(json("{CHECKS}").{problem_set.id})\n```\n'
    yield acknowledgements.page(checked.sets, job.acknowledgements)
    yield provenance.section(checked.outcomes, settings=job.settings, root=job.report.parent)


def _generate(job: Staging, folder: Path, checked: Report) -> None:
    """What the theme reads."""
    sets, outcomes = checked.sets, checked.outcomes
    front = cover.data(
        sets,
        outcomes,
        rubric=rubric.rows(checked),
        author=job.author,
        date=job.date or f"{date.today():%B %-d, %Y}",
        preset=checked.preset,
    )
    write_json(folder / "cover.json", front)
    metadata = {"title": cover.document_title(front)}
    if name := front["author"]["name"]:
        metadata["author"] = name
    write_text(folder / "metadata.yml", yaml.safe_dump(metadata, allow_unicode=True))
    of_set = {s.id: [o for o in outcomes if o.set == s] for s in sets}
    tables = {name: marks.table(found, checked.cited) for name, found in of_set.items()}
    write_json(folder / Path(CHECKS).name, tables)


def _chapters(problem_set: ProblemSet) -> list[str]:
    """A set in a document: by its own introduction, or under a title for some of its problems."""
    if not problem_set.part:
        return [f"{{{{< include /{problem_set.id}/_set.qmd >}}}}\n"]
    label = f"sec-{problem_set.id.replace('_', '-')}"
    title = f"# {problem_set.course}: {problem_set.title} {{#{label}}}\n"
    names = (f"/{problem_set.id}/_{problem}.qmd" for problem in problem_set.problems)
    return [title, *(f"{{{{< include {name} >}}}}\n" for name in names)]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
