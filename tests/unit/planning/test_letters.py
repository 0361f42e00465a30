"""Letters that would be printed as boxes are named before any job."""

import pytest

from proofsheet.planning import letters
from proofsheet.planning.letters import can_show, check_letters
from user_errors import refused

NOWHERE = "\u0378"  # no letter has this number, so no font has it


def config(**changes):
    return {
        "author": {"name": "Ada"},
        "acknowledgements": {},
        "eecs182_hw5": {"q7_hours": 3},
    } | changes


@pytest.mark.parametrize(
    "name", ["Ada", "Łukasz Gödel", "Nguyễn Ánh", "Ирина", "Ψ", "e\u0301", '“O\'Neil” – \\ "x" #a']
)
def test_names_that_typsts_own_fonts_have(name):
    check_letters(config(author={"name": name}))


def test_letters_that_no_font_has_are_named_with_their_key():
    given = {"csci5527_hw2": {"p1_subspace": {"ai_tools": ["Claude", f"T{NOWHERE}l"]}}}
    told = refused(".", check_letters, config(acknowledgements=given))
    assert told.startswith(
        "config.yaml: acknowledgements.csci5527_hw2.p1_subspace.ai_tools[1]: no font here has"
        f" {NOWHERE};"
    )
    assert "\n" not in told


def test_a_name_in_chinese_is_refused_only_where_no_font_has_it(monkeypatch):
    monkeypatch.setattr(letters, "can_show", lambda text: "李" not in text)
    refused(r"author\.name: no font here has 李;", check_letters, config(author={"name": "李明"}))
    monkeypatch.setattr(letters, "can_show", lambda text: True)
    check_letters(config(author={"name": "李明"}))


def test_typst_is_asked_for_nothing_of_plain_letters(monkeypatch):
    monkeypatch.setattr(letters, "can_show", lambda text: pytest.fail("asked"))
    check_letters(config(author={"name": "José Müller"}))


def test_a_letter_without_a_glyph_is_found():
    assert can_show("Ada")
    assert not can_show(NOWHERE)
