"""What each PDF holds."""

from proofsheet.planning.config import checked, known_sets
from proofsheet.planning.documents import documents
from workflow_project import ROOT


def made(**config):
    return documents(checked(config, ROOT), known_sets(ROOT / "report"), ROOT / "report")


def test_every_set_and_every_part_of_one_is_a_document():
    names = {"submission", "cs7643_ps2_theory", "cs7643_ps2_code", *known_sets(ROOT / "report")}
    assert set(made()) == names


def test_a_part_has_its_problems_and_the_submission_those_of_the_configured_sets():
    found = made(sets=["dl_hw1"])
    code = found["cs7643_ps2_code"]
    assert code.problems == [("cs7643_ps2", "p7_cifar10")]
    assert code.part["title"] == "Code"
    assert {name for name, _ in found["submission"].problems} == {"dl_hw1"}
    assert len(found["dl_hw1"].problems) == 6


def test_images_are_those_of_its_acknowledgements(tmp_path):
    entry = {"p1_softmax": {"images": ["docs/pages.png"], "ai_tools": ["one"], "collaborators": []}}
    found = made(acknowledgements={"dl_hw1": entry})
    assert found["dl_hw1"].images == ["docs/pages.png"]
    assert found["csci5527_hw2"].images == []
