"""Every fault that the lint knows is put into the sample once and seen at its line."""

import pytest

from proofsheet.jobs.atomic_files import read_json, write_json
from proofsheet.report import chapter, typed_numbers
from proofsheet.report.stage import stage


def test_the_sample_has_no_fault(sample):
    stage(sample.staging, sample.staged)


PREFIX = "report/sample_hw/_p1_lines.qmd:"
FIGURE = "figures/sample_hw/p1_lines/line.svg"
BAD = {
    "unresolved variable": (
        "A {{< var sample_hw.p1_lines.slop.f4 >}} one.",
        "unresolved variable sample_hw.p1_lines.slop.f4 (did you mean sample_hw.p1_lines.slope?)",
    ),
    "variable without a format": (
        "A {{< var sample_hw.p1_lines.slope >}} one.",
        "unresolved variable sample_hw.p1_lines.slope (sample_hw.p1_lines.slope has percent",
    ),
    "variable of another problem": (
        "A {{< var other.p1.x.f4 >}} one.",
        "unresolved variable other.p1.x.f4 (the results has",
    ),
    "unknown cross-reference": ("See @fig-nowhere.", "unknown cross-reference @fig-nowhere"),
    "unsupported reference": ("See @thm-a.", "@thm-a is not a reference to fig-, tbl-, eq- or"),
    "duplicate label": (
        "### Again {#sec-sample-hw-p1-a}",
        "duplicate label sec-sample-hw-p1-a, first at",
    ),
    "duplicate footnote": (
        "Words.[^eigen]\n\n[^eigen]: Again.",
        "duplicate footnote [^eigen], first",
    ),
    "footnote without a note": ("Words.[^lost]", "footnote [^lost] has no note in this chapter"),
    "underscore in a label": ("### Again {#sec-some_thing}", "underscore in the label sec-some_th"),
    "missing figure": (
        '![A.](figures/sample_hw/p1_lines/no.svg){width=50% fig-alt="No."}',
        "missing figure figures/sample_hw/p1_lines/no.svg",
    ),
    "figure elsewhere": ('![A.](no.svg){width=50% fig-alt="No."}', "figure no.svg is not figures/"),
    "figure without width": (f'![A.]({FIGURE}){{fig-alt="No."}}', "line.svg has no width"),
    "figure without alt": (f"![A $[0, 1]$.]({FIGURE}){{width=50%}}", "line.svg has no fig-alt"),
    "undefined citation": ("As [@nobody1999] says.", "undefined citation @nobody1999"),
    "undefined citation in prose": ("As @nobody1999, says.", "undefined citation @nobody1999"),
    "missing include": (
        "{{< include /tables/sample_hw/p1_lines/no.md >}}",
        "include of a missing file /tables/sample_hw/p1_lines/no.md",
    ),
    "include in a sentence": (
        "See {{< include /tables/sample_hw/p1_lines/starts.md >}}",
        "must stand alone between blank lines",
    ),
    "variable in mathematics": (
        "So $a = {{< var sample_hw.p1_lines.slope.f4 >}}$.",
        "a variable inside $…$",
    ),
    "line that starts with @": ("@eq-sample-hw-p1-loss. Words.", "a line that starts with @"),
    "cap": ("A set $A \\cap B$.", "\\cap does not compile"),
    "reference before a citation": (
        "See @fig-sample-hw-p1-line [@koklu2020].",
        "@fig-sample-hw-p1-line is followed by a bracket",
    ),
    "unknown shortcode": ("A {{< meta title >}}.", "unknown shortcode meta"),
    "raw typst": ("```{=typst}\n#pagebreak()\n```", "raw typst or LaTeX"),
    "LaTeX in prose": (r"We get \textbf{significant} gains.", "\\textbf outside of"),
    "half a shortcode": ("It is {{< var a.b.f1 }}.", "{{ without a whole"),
    "raw inline": ("Words `#h(1em)`{=typst}.", "raw typst or LaTeX"),
    "formula without a check": ("### New\n\n$$ a = b $$", "no check is cited in 'New'"),
    "decimal": ("It reached 0.5123.", "a decimal number typed by hand: 0.5123; use"),
    "decimal in a table": ("| a |\n|---|\n| 1.25 |", "a decimal number typed by hand: 1.25"),
    "power of ten": ("An error of 3e-9 remains.", "a decimal number typed by hand: 3e-9"),
    "decimal in a caption": (
        f'![Loss 0.125.]({FIGURE}){{width=50% fig-alt="A."}}',
        "a decimal number typed by hand: 0.125",
    ),
    "percentage": ("It reached 94 %.", "a percentage typed by hand: 94 %"),
    "integer of a metric": ("There are 13,611 points.", "a metric's value, typed by hand: 13,611"),
    "metric in mathematics": (
        "So $a = 0.9877$.",
        "a metric's value, in mathematics, typed by hand",
    ),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_fault_is_told_at_its_line(sample, fault):
    text, message = BAD[fault]
    line = sample.append(text)
    found = [told for told in sample.faults() if message in told]
    assert found, f"{fault}: {sample.faults()}"
    within = range(line, line + text.count("\n") + 1)
    assert any(told.startswith(f"{PREFIX}{number}: ") for number in within for told in found)


GOOD = {
    "given decimal": "It is 0.9313, as they say.",
    "given in another form": "It is 93.13 percent.\n\n<!-- given: 93.13 -->",
    "excused formula": "### New\n\n<!-- no check: a definition -->\n\n$$ a = b $$",
    "code": "Type `x = 0.5123` or `@fig-nowhere`.",
    "code block": "```python\nx = 0.5123  # @nobody {{< nothing >}}\n```",
    "comment": "<!-- 0.5123 and @fig-nowhere -->",
    "address": "See https://example.org/v1.25/x or mail a@example.org.",
    "decimal in mathematics that is no metric": "Let $\\alpha = 0.513$ be the step.",
    "short decimal in mathematics": "Let $\\alpha = 0.9$ be the step.",
    "integer that is no metric": "Take 500 of them, of which 12 are left, in 2025.",
    "caption": "It is not cap: $\\caption$.",
    "list": "1. First\n2. Second",
    "version": "Python 3.11.7 is meant.",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_what_is_right_is_left_alone(sample, text):
    sample.append(text)
    stage(sample.staging, sample.staged)


def test_every_check_is_cited(sample):
    sample.edit("{{< var sample_hw.p1_lines.checks.slope >}}", "<!-- no check: none -->")
    assert sample.faults() == [f"{PREFIX}1: the check sample_hw.p1_lines.checks.slope is not cited"]


def test_a_cited_check_has_passed(sample):
    path = sample.results / "sample_hw" / "p1_lines" / "checks.json"
    (check,) = read_json(path)
    write_json(path, [check | {"passed": False}])
    assert sample.faults() == [
        f"{PREFIX}15: the check sample_hw.p1_lines.checks.slope has not passed"
    ]


def test_a_check_without_its_result_is_unresolved(sample):
    write_json(sample.results / "sample_hw" / "p1_lines" / "checks.json", [])
    assert "unresolved variable sample_hw.p1_lines.checks.slope" in sample.faults()[0]


def test_faults_of_all_chapters_are_told_at_once(sample):
    sample.append("It reached 0.5123.")
    sample.append("It reached 0.6123.", "_p2_beans")
    assert [line.split(":")[0] for line in sample.faults()] == [
        "report/sample_hw/_p1_lines.qmd",
        "report/sample_hw/_p2_beans.qmd",
    ]


def test_a_missing_chapter_is_named(sample):
    sample.chapter().unlink()
    assert sample.faults() == ["report/sample_hw/_p1_lines.qmd: no such file"]


def test_a_chapter_that_is_not_included_is_not_in_the_report(sample):
    sample.edit("{{< include /sample_hw/_p2_beans.qmd >}}", "", "_set")
    assert sample.faults() == ["report/sample_hw/_p2_beans.qmd:1: no chapter includes this file"]


def test_tokens_keep_their_places():
    text = "a `x` $b$ <!-- c -->\n$$\nd\n$$ {#eq-d}\nend\n"
    read = chapter.Chapter("x.qmd", text)
    assert [token.kind for token in read.tokens] == [
        "code", "inline", "comment", "display", "attribute",
    ]  # fmt: skip
    assert len(read.prose) == len(text)
    assert read.prose.split() == ["a", "end"]
    assert read.line(text.index("end")) == 5


@pytest.mark.parametrize(
    ("literal", "agrees"),
    [("0.988", True), ("0.98765", True), ("98.8", True), ("0.99", False), ("0.987", False)],
)
def test_a_literal_agrees_with_a_metric_rounded_to_its_digits(literal, agrees):
    read = chapter.Chapter("x.qmd", f"${literal}$")
    assert bool(list(typed_numbers.found(read, [{"slope": [0.98765]}]))) is agrees
