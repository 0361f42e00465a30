"""The faults that a chapter can have, one function each, and what a chapter may refer to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from proofsheet.report import claims, marks, typed_numbers, variables
from proofsheet.report.chapter import Chapter
from proofsheet.report.marks import CHECK
from proofsheet.report.results import Outcome
from proofsheet.report.sets import ProblemSet

_LABEL = re.compile(r"#([^\s}]+)")
_KEY = re.compile(r"(?<![\w@\\.])@([A-Za-z0-9_][\w:.#$%&+?<>~/-]*)")
_REFERENCE = re.compile(r"(?:fig|tbl|eq|sec)-")
_OTHER_REFERENCE = re.compile(r"(?:lst|thm|lem|cor|prp|cnj|def|exm|exr|prf|rem|sol|nte|tip)-")
_IMAGE = re.compile(
    r"!\[(?P<caption>(?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*)\]\((?P<path>[^()\s]*)\)(?P<attributes>\{[^{}]*\})?"
)
_ALT = re.compile(r"fig-alt=\"([^\"]*)\"")
NOTE = re.compile(r"^[ ]{0,3}\[\^([^\]\s]+)\]:", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\](?!:)")
INCLUDE = re.compile(r"\{\{<\s*include\s+(\S+)\s*>\}\}")
_SHORTCODE = re.compile(r"\{\{<\s*(\S+)(.*?)>\}\}", re.DOTALL)
_FIGURE = re.compile(r"/?figures/([\w-]+)/([\w-]+)/([^/]+)")
_TABLE = re.compile(r"/tables/([\w-]+)/([\w-]+)/([^/]+)")
_NO_CHECK = re.compile(r"<!--\s*no check:\s*\S")
_BIB_ENTRY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """Everything that a chapter can refer to."""

    folder: Path
    results: Path
    chapters: list[Chapter]
    sets: list[ProblemSet]
    outcomes: list[Outcome]
    preset: str = "full"

    @cached_property
    def cited(self) -> dict[str, int]:
        """The number of each cited check by the name of its variable."""
        return marks.numbered(self.chapters)

    @cached_property
    def variables(self) -> dict[str, Any]:
        """The tree of variables."""
        return variables.build(self.outcomes, self.cited)

    @cached_property
    def labels(self) -> set[str]:
        """Every label of the document."""
        return {label for chapter in self.chapters for _, label in labels(chapter)}

    @cached_property
    def citations(self) -> set[str]:
        """The keys of `references.bib`."""
        path = self.folder / "references.bib"
        return set(_BIB_ENTRY.findall(path.read_text(encoding="utf-8"))) if path.exists() else set()

    def about(self, chapter: Chapter) -> list[Outcome]:
        """The outcomes that a chapter is about: that of its problem, or those of its set."""
        folder = chapter.path.parent.name
        of_set = [outcome for outcome in self.outcomes if outcome.set.id == folder]
        of_problem = [o for o in of_set if f"_{o.problem.id}" == chapter.path.stem]
        return of_problem or of_set

    def context(self, chapter: Chapter) -> claims.Context:
        """The metrics that decide the claims of a chapter."""
        about = self.about(chapter)
        own = about[0] if [f"_{o.problem.id}" for o in about] == [chapter.path.stem] else None
        return claims.Context(own, self.outcomes, self.preset)


# Each rule yields positions and messages of the faults in one chapter.
Faults = Iterator[tuple[int, str]]


def unresolved_variables(chapter: Chapter, report: Report) -> Faults:
    """A variable that is not in the results; it would print as `?var:…`."""
    for position, name in chapter.variables:
        if variables.lookup(report.variables, name) is None:
            yield position, f"unresolved variable {name}{variables.closest(name, report.variables)}"


def variables_in_mathematics(chapter: Chapter, report: Report) -> Faults:
    """A variable in mathematics, for which Quarto 1.9 prints hexadecimal garbage."""
    for math in chapter.of("inline", "display"):
        if "{{<" in math.text:
            yield math.start, "a variable inside $…$, where Quarto cannot fill it in; move it out"


def shortcodes(chapter: Chapter, report: Report) -> Faults:
    """A shortcode that one of the renderers does not know."""
    for token in chapter.of("shortcode"):
        match = _SHORTCODE.match(token.text)
        if match and match[1] not in ("var", "include"):
            yield token.start, f"unknown shortcode {match[1]}; allowed: var, include"


def includes(chapter: Chapter, report: Report) -> Faults:
    """An include that does not stand alone between blank lines, or names no file."""
    lines = chapter.text.splitlines()
    for token in chapter.of("shortcode"):
        match = INCLUDE.match(token.text)
        if not match:
            continue
        index = chapter.line(token.start) - 1
        around = [lines[i].strip() for i in (index - 1, index + 1) if 0 <= i < len(lines)]
        if lines[index].strip() != token.text or any(around):
            yield token.start, f"the include of {match[1]} must stand alone between blank lines"
        path = included(match[1], report)
        if path is None or not path.is_file():
            yield token.start, f"include of a missing file {match[1]}"


def included(name: str, report: Report) -> Path | None:
    """The source of a path in the staged project such as `/tables/<set>/<problem>/x.md`."""
    table = _TABLE.fullmatch(name)
    if table:
        return report.results / table[1] / table[2] / "tables" / table[3]
    return report.folder / name[1:] if name.startswith("/") else None


def figures(chapter: Chapter, report: Report) -> Faults:
    """A figure that does not exist, or has no width or no alternative text of its own."""
    for match in _IMAGE.finditer(chapter.source):
        name, attributes = match["path"], match["attributes"] or ""
        parts = _FIGURE.fullmatch(name)
        if not parts:
            yield match.start(), f"figure {name} is not figures/<set>/<problem>/<file>.svg"
        elif not (report.results / parts[1] / parts[2] / "figures" / parts[3]).is_file():
            yield match.start(), f"missing figure {name}"
        if "width=" not in attributes:
            yield match.start(), f"figure {name} has no width: add {{… width=100%}}"
        alt = _ALT.search(attributes)
        if not alt or not alt[1].strip():
            yield match.start(), f'figure {name} has no fig-alt: add {{… fig-alt="what it shows"}}'
        elif " ".join(alt[1].split()) == " ".join(match["caption"].split()):
            yield (
                match.start(),
                f"figure {name}: its fig-alt is its caption; describe what is drawn",
            )


def references(chapter: Chapter, report: Report) -> Faults:
    """References and citations that lead nowhere."""
    text = chapter.without(
        "front", "fence", "code", "comment", "display", "inline", "claim", "attribute", "target",
        "url", "shortcode",
    )  # fmt: skip
    for match in _KEY.finditer(text):
        key = match[1].rstrip(".:;,?!")
        if _REFERENCE.match(key):
            if key not in report.labels:
                yield match.start(), f"unknown cross-reference @{key}"
        elif _OTHER_REFERENCE.match(key):
            yield match.start(), f"@{key} is not a reference to fig-, tbl-, eq- or sec-"
        elif key not in report.citations:
            yield match.start(), f"undefined citation @{key}: not in references.bib"
    starts = {claim.start for claim in claims.scan(chapter)[0]}  # their brackets are not printed
    for match in re.finditer(r"@((?:fig|tbl|eq|sec)-[\w-]+)[ \t]*\n?[ \t]*\[(?!\^)", text):
        if match.end() - 1 in starts:
            continue
        yield match.start(), f"@{match[1]} is followed by a bracket, which would be dropped"
    for match in re.finditer(r"^[ \t]*@", text, re.MULTILINE):
        yield match.start(), "a line that starts with @ becomes a list item; move the word before"


def footnotes(chapter: Chapter, report: Report) -> Faults:
    """A footnote's mark without its note in the same chapter."""
    notes = set(NOTE.findall(chapter.source))
    for match in _NOTE_MARK.finditer(
        chapter.without("front", "fence", "code", "comment", "display")
    ):
        if match[1] not in notes:
            yield match.start(), f"footnote [^{match[1]}] has no note in this chapter"


def mathematics(chapter: Chapter, report: Report) -> Faults:
    """Mathematics that typst cannot compile."""
    for math in chapter.of("inline", "display"):
        match = re.search(r"\\cap(?![a-zA-Z])", math.text)
        if match:
            yield math.start + match.start(), "\\cap does not compile in typst; write it in words"


def raw_code(chapter: Chapter, report: Report) -> Faults:
    """Raw typst or LaTeX, which the other renderer would lose."""
    for token in chapter.of("fence", "attribute"):
        match = re.match(r"[ \t]*(?:`{3,}|~{3,})?[ \t]*\{=\w+\}", token.text)
        if match:
            yield token.start, "raw typst or LaTeX; allowed in mathematics only"


def words_that_would_vanish(chapter: Chapter, report: Report) -> Faults:
    """LaTeX in prose, which is dropped with its argument; half a shortcode, which is printed."""
    for match in re.finditer(r"(?<!\\)\\[A-Za-z]+", chapter.prose):
        yield match.start(), f"{match[0]} outside of $…$, which would be lost; use Markdown"
    for match in re.finditer(r"\{\{|\}\}", chapter.prose):
        yield match.start(), f"{match[0]} without a whole {{{{< … >}}}} would be printed as it is"


def label_form(chapter: Chapter, report: Report) -> Faults:
    """Underscores in a label, which break Quarto's references."""
    for position, label in labels(chapter):
        if "_" in label:
            yield position, f"underscore in the label {label}; use hyphens"


def verified_sections(chapter: Chapter, report: Report) -> Faults:
    """A section with displayed mathematics that neither cites a check nor says why not."""
    if not report.about(chapter):
        return
    for section in chapter.sections:
        inside = [t for t in chapter.tokens if section.start <= t.start < section.end]
        formulas = [token for token in inside if token.kind == "display"]
        cites = any(
            CHECK.fullmatch(name)
            for position, name in chapter.variables
            if section.start <= position < section.end
        )
        excused = any(t.kind == "comment" and _NO_CHECK.match(t.text) for t in inside)
        if formulas and not cites and not excused:
            yield (
                formulas[0].start,
                f"no check is cited in {section.title!r}; cite one, or say <!-- no check: why -->",
            )


def passed_checks(chapter: Chapter, report: Report) -> Faults:
    """A cited check that has not passed."""
    failed = {
        f"{outcome.key}.checks.{entry['id']}"
        for outcome in report.outcomes
        for entry in outcome.checks
        if not entry["passed"]
    }
    for position, name in chapter.variables:
        if name in failed:
            yield position, f"the check {name} has not passed"


def conditions(chapter: Chapter, report: Report) -> Faults:
    """A claim that is malformed or, in a full run on real data, false."""
    yield from claims.faults(chapter, report.context(chapter))


def numbers_by_hand(chapter: Chapter, report: Report) -> Faults:
    """A result that was typed by hand."""
    yield from typed_numbers.found(chapter, [o.metrics for o in report.about(chapter)])


RULES: tuple[Callable[[Chapter, Report], Faults], ...] = (
    unresolved_variables, variables_in_mathematics, shortcodes, includes, figures, references,
    footnotes, mathematics, raw_code, words_that_would_vanish, label_form, verified_sections,
    passed_checks, conditions, numbers_by_hand,
)  # fmt: skip


def labels(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """Position and name of every label."""
    for token in chapter.of("attribute"):
        # A value such as fig-alt="… # …" is not a label.
        match = _LABEL.search(re.sub(r'"[^"]*"', lambda m: " " * len(m[0]), token.text))
        if match:
            yield token.start + match.start(), match[1]
