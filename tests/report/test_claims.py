"""Claims: what their conditions may say, what is printed, and what a fault is told as."""

import pytest

from proofsheet.jobs.atomic_files import read_json
from proofsheet.jobs.errors import UserError
from proofsheet.report import claims, results
from proofsheet.report.captions import captions
from proofsheet.report.chapter import Chapter
from proofsheet.report.sets import load
from proofsheet.report.stage import stage
from user_errors import refused

from .conftest import text_of

METRICS = {
    "adam": {"accuracy": 0.93, "name": "Adam", "stable": True},
    "sgd": {"accuracy": 0.91, "rise": None},
    "losses": [3.0, 1.0, 2.0],
    "runs": [{"loss": 0.5}, {"loss": 0.25}],
    "sizes": {"3x3": 9},
    "zero": 0,
}


@pytest.fixture
def context(sample):
    """The claims of a full run on real data whose metrics are `METRICS`."""
    sample.update("sample_hw/p1_lines/metrics.json", **METRICS)
    outcomes = results.read(sample.results, [load(sample.report, "sample_hw")])
    return claims.Context(outcomes[0], outcomes)


def read(text: str) -> Chapter:
    return Chapter("c.qmd", text)


def judged(condition: str, context) -> bool:
    (claim,), faults = claims.scan(read(f'[yes]{{.claim if="{condition}" else="no"}}'))
    assert faults == []
    return {"yes": True, "no": False}[claims.judge(claim, context)]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("adam.accuracy > sgd.accuracy", True),
        ("adam.accuracy >= max(adam.accuracy, sgd.accuracy)", True),
        ("0.9 <= sgd.accuracy < adam.accuracy <= 1", True),
        ("0.9 <= adam.accuracy < sgd.accuracy <= 1", False),
        ("abs(sgd.accuracy - adam.accuracy) < 0.03", True),
        ("-adam.accuracy + 2 * sgd.accuracy / 2 ** 1 < 0", True),
        ("adam.name == 'Adam'", True),
        ("adam.stable", True),
        ("not adam.stable or zero == 1", False),
        ("adam.stable == True", True),
        ("runs[1].loss < runs[0].loss", True),
        ("runs.i1.loss < runs.i0.loss", True),
        ("min(losses) == losses[1] and max(losses) == 3", True),
        ("sizes['3x3'] == 9", True),
        ("sgd.rise == None", True),
        ("sgd.rise != None and sgd.rise > 1", False),
        ("zero != 0 and 1 / zero > 1", False),
        ("(adam.accuracy > 1) or (zero == 0)", True),
        ("sample_hw.p2_beans.test_accuracy > adam.accuracy", True),
        ("sample_hw.p1_lines.zero == 0", True),
        ("adam.accuracy\n  > sgd.accuracy", True),
    ],
)
def test_a_condition_is_judged(context, condition, holds):
    assert judged(condition, context) is holds


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("adam.accuracy >", "not an expression"),
        ("", "not an expression"),
        ("adam.acuracy > 0", "json has no metric adam.acuracy (did you mean adam.accuracy?)"),
        ("runs[2].loss > 0", "has no metric runs.2.loss (runs has 2 entries, from 0)"),
        ("nowhere > 0", "has no metric nowhere (the results has slope, difference, "),
        ("adam.name.x > 0", "has no metric adam.name.x (adam.name has no parts)"),
        ("1e999 > 0", "1e309 is not a number but inf"),
        ("runs[-1].loss > 0", "not allowed in a condition: runs[-1]"),
        ("adam.__class__ == 'dict'", "has no metric adam.__class__"),
        ("__import__('os').system('true')", "not allowed in a condition: __import__('os')"),
        ("__import__('os') == 1", "unknown function __import__; allowed: abs, max, min"),
        ("'x'.__class__ == 1", "not allowed in a condition: 'x'.__class__"),
        ("(lambda: True)()", "not allowed in a condition: (lambda: True)()"),
        ("[x for x in losses]", "not allowed in a condition: [x for x in losses]"),
        ("zero == 1j", "not allowed in a condition: 1j"),
        ("zero in losses", "not allowed in a condition: zero in losses"),
        ("zero // 2 == 0", "not allowed in a condition: zero // 2"),
        ("max(*losses) > 0", "not allowed in a condition: *losses"),
        ("max(losses, key=abs) > 0", "not allowed in a condition"),
        ("zero == 0 or round(zero) == 1", "unknown function round"),
        ("zero == 0 or nowhere == 1", "has no metric nowhere"),
        ("abs(zero, zero) == 0", "wrong number of arguments: abs(zero, zero)"),
        ("max() == 0", "wrong number of arguments: max()"),
        ("1 / zero > 0", "division by zero (zero = 0)"),
        ("zero ** -1 > 0", "division by zero (zero = 0)"),
        ("9**9**9 > 0", "a number in it is too large"),
        ("9" * 400 + " > 0", "a number in it is too large"),
        ("(-8) ** 0.5 > 0", "not a real number"),
        ("(" * 300 + "1" + ")" * 300, "not an expression"),
        ("not " * 5000 + "adam.stable", "nested too deeply"),
        ("adam.name > 1", "adam.name is not a number but 'Adam'"),
        ("adam.stable > 0", "adam.stable is not a number but True"),
        ("adam > 0", "adam is not a number but a group of metrics"),
        ("sgd.rise > 0", "sgd.rise is not a number but None"),
        ("losses > 0", "losses is not a number but [3.0, 1.0, 2.0]"),
        ("adam.accuracy", "adam.accuracy is neither true nor false but 0.93"),
        ("adam.accuracy and zero", "adam.accuracy is neither true nor false but 0.93"),
    ],
)
def test_a_wrong_condition_is_told_in_one_line(context, condition, message):
    with pytest.raises(UserError) as error:
        judged(condition, context)
    (line,) = str(error.value).splitlines()
    assert line.startswith("the claim ")
    assert message in line
    assert len(line) < 400


def test_a_chapter_of_no_problem_names_set_and_problem(context):
    of_set = claims.Context(None, context.outcomes)
    assert judged("sample_hw.p1_lines.zero == 0", of_set)
    refused(r"write <set>\.<problem>\.<metric>", judged, "zero == 0", of_set)


@pytest.mark.parametrize(
    "text",
    [
        "plain words",
        "two sentences. Over\nthree\nlines",
        "half-open $[0, 1)$ and $x_{[i]}$, `a[`, \\[ and \\\\",
        "the accuracy {{< var sample_hw.p2_beans.test_accuracy.percent >}}",
        "*strong [nested [twice]] words* with [a link](https://example.org/a[1])",
        "see @fig-sample-hw-p1-line and [@koklu2020, p. 7] and a note[^eigen]",
    ],
)
def test_a_claim_may_hold_any_text_of_a_paragraph(text):
    before, after = "A paragraph with [ in it.\n\nWords [x] ", " and ] after."
    chapter = read(
        f'{before}[{text}]{{.claim\n  if="zero\n == 0"\n  else="*no* \\"{text}\\""}}{after}'
    )
    (claim,), faults = claims.scan(chapter)
    assert faults == []
    assert claim.text == text
    assert claim.condition == "zero == 0"
    assert claim.otherwise.startswith('*no* "')
    assert claims.replace(chapter, lambda claim: "<>") == f"{before}<>{after}"


FORM = "a claim that is not written as"
MALFORMED = {
    "[a]{.claim}": FORM,
    '[a]{.claim else="b"}': FORM,
    '[a]{if="zero == 0"}': FORM,
    '[a]{.claim else="b" if="zero == 0"}': FORM,
    '[a]{.claim if="zero == 0}': FORM,
    '[a]{.claim if="zero == 0" els="b"}': FORM,
    '[a]{.claim if="zero == 0"': FORM,
    '[a]{#sec-a .claim if="zero == 0"}': FORM,
    'a]{.claim if="zero == 0"}': "a claim without its [text]",
    '{.claim if="zero == 0"}': "a claim without its [text]",
    '[a] {.claim if="zero == 0"}': "a claim without its [text]",
    'a]]{.claim if="zero == 0"}': "a claim without its [text]",
    '[[a]{.claim if="zero == 0"} b]{.claim if="zero == 0"}': "a claim inside another one",
    '[a]{.claim if="zero == 0"\n\nelse="b"}': "a claim with a blank line in it",
    '[@koklu2020 say so]{.claim if="zero == 0"}': "a line that starts with @",
}


@pytest.mark.parametrize("text", MALFORMED)
def test_half_a_claim_is_told(text):
    _, faults = claims.scan(read(f"Words [here.\n\n{text} more words.\n"))
    assert len(faults) == 1
    assert faults[0][1].startswith(MALFORMED[text])


def test_text_does_not_reach_over_a_blank_line():
    _, faults = claims.scan(read('[a\n\nb]{.claim if="zero == 0"}'))
    assert faults[0][1].startswith("a claim without its [text]")


def test_code_and_comments_hold_no_claims():
    text = '`[a]{.claim}` <!-- [a]{.claim} -->\n\n```\n[a]{.claim if="x"}\n```\n'
    assert claims.scan(read(text)) == ([], [])


def staged(sample, name="_p1_lines", **changes) -> str:
    stage(sample.with_(**changes), sample.staged)
    return (sample.staged / "sample_hw" / f"{name}.qmd").read_text(encoding="utf-8")


FALSE = '[The slope is steep]{.claim if="slope > 1"}.'
QUICK = {"settings": {"preset": "quick"}}


def test_a_true_claim_prints_its_text_in_every_run(sample):
    sample.append(
        'So [the slope *is* {{< var sample_hw.p1_lines.slope.f4 >}}]{.claim if="slope < 1"}.'
    )
    wanted = "So the slope *is* {{< var sample_hw.p1_lines.slope.f4 >}}."
    assert wanted in staged(sample)
    assert wanted in staged(sample, **QUICK)


def test_a_false_claim_prints_its_else_in_every_run(sample):
    sample.append(
        'It is [steep]{.claim if="slope > 1"\n'
        'else="flat: {{< var sample_hw.p1_lines.slope.f1 >}}"}.'
    )
    wanted = "It is flat: {{< var sample_hw.p1_lines.slope.f1 >}}"
    assert wanted in staged(sample)
    assert wanted in staged(sample, **QUICK)
    assert '"f1": ' in (sample.staged / "_variables.yml").read_text(encoding="utf-8")


def test_false_claims_fail_a_full_run_on_real_data_all_at_once(sample):
    first = sample.append(f"Words.\n{FALSE}")
    second = sample.append('[Far]{.claim if="difference > 1"}.')
    where = "report/sample_hw/_p1_lines.qmd"
    advice = 'is false; change the sentence or give it else="…"'
    assert sample.faults() == [
        f"{where}:{first + 1}: the claim 'slope > 1': {advice} (slope = 0.98765)",
        f"{where}:{second}: the claim 'difference > 1': {advice} (difference = 3.2e-09)",
    ]


def test_a_false_claim_leaves_a_dagger_in_a_quick_run(sample):
    sample.append(f"Words. {FALSE} More.")
    assert "Words. †. More." in staged(sample, **QUICK)


def test_a_false_claim_leaves_a_dagger_on_stand_in_data_alone(sample):
    sample.append('[All right]{.claim if="test_accuracy == 1"}.', "_p2_beans")
    assert "\n†." in staged(sample, "_p2_beans")
    sample.update("data/toy/source.json", standin=False)
    (line,) = sample.faults()
    assert "_p2_beans.qmd:" in line
    assert "(test_accuracy = 0.9321)" in line


def test_a_claim_about_another_problem_rests_on_its_data(sample):
    sample.append('[All right]{.claim if="sample_hw.p2_beans.test_accuracy == 1"}.')
    assert "\n†." in staged(sample)
    sample.update("data/toy/source.json", standin=False)
    assert "(sample_hw.p2_beans.test_accuracy = 0.9321)" in sample.faults()[0]


def test_a_wrong_condition_fails_every_run_before_it_is_rendered(sample):
    line = sample.append('[Steep]{.claim if="slop > 1" else="Flat"}.')
    for changes in ({}, QUICK):
        (told,) = sample.faults(**changes)
        assert told.startswith(f"report/sample_hw/_p1_lines.qmd:{line}: the claim 'slop > 1': ")
        assert told.endswith("p1_lines/metrics.json has no metric slop (did you mean slope?)")


def test_numbers_are_typed_in_a_claim_but_not_in_its_condition(sample):
    sample.append('[It is below]{.claim if="slope < 3.75" else="It is above"}.')
    stage(sample.staging, sample.staged)
    sample.append('[Below 4.25]{.claim if="slope < 3.75" else="above 5.25, {{< var a.b.c >}}"}.')
    told = " ".join(sample.faults())
    assert "typed by hand: 4.25;" in told
    assert "typed by hand: 5.25;" in told
    assert "unresolved variable a.b.c" in told
    assert "3.75" not in told


def test_a_figure_is_checked_whose_caption_has_a_claim(sample):
    caption = '[Up, as [@koklu2020] say]{.claim if="slope > 0"}.'
    sample.append(f"![{caption}](figures/sample_hw/p1_lines/no.svg){{width=50%}}")
    told = " ".join(sample.faults())
    assert "missing figure figures/sample_hw/p1_lines/no.svg" in told
    assert "no.svg has no fig-alt" in told


def test_the_cover_says_what_a_lone_dagger_is(sample):
    sample.update("data/toy/source.json", standin=False)
    for settings, notes in (({}, 0), (QUICK, 1)):
        stage(sample.with_(**settings), sample.staged)
        cover = read_json(sample.staged / "generated" / "cover.json")
        assert sum("A lone † stands for a sentence" in note for note in cover["notes"]) == notes


def test_a_claim_may_follow_a_reference(sample):
    sample.append('In @fig-sample-hw-p1-line [the line rises]{.claim if="slope > 0"}.')
    assert "In @fig-sample-hw-p1-line the line rises." in staged(sample)


def test_every_other_line_keeps_its_number(sample):
    sample.append('a [b\nc]{.claim\nif="slope\n> 0"\nelse="d\ne"}\nlast line')
    source = sample.chapter().read_text(encoding="utf-8").splitlines()
    assert staged(sample).splitlines().index("last line") == source.index("last line")


def test_claims_are_rendered_as_plain_text(sample):
    true, false = ('[{}\n*words*]{{.claim\nif="slope\n{} 0"}}'.format("True", c) for c in "><")
    sample.append(
        f"One {true}, then {false}.\n\n- Two {false}.\n- Three\n\n"
        f"1. Four {false}\n2. Five {true}\n\n> Six {false}.\n\n{false}. Seven\n\n{false}\n\nEight"
    )
    text = text_of(sample.pdf(sample.with_(**QUICK)))
    assert "One True words, then †. • Two †. • Three" in text
    assert "1. Four † 2. Five True words Six †." in text
    assert "†. Seven † Eight" in text


def test_a_caption_for_the_gallery_has_the_text_of_its_claims(sample):
    sample.edit("Every start ends at the same slope.", '[Every start]{.claim if="slope > 0"} ends.')
    assert captions(sample.report, "sample_hw")["p1_lines/starts"] == "Every start ends."
