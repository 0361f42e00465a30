"""What each PDF holds."""

from __future__ import annotations

from proofsheet.planning.config import checked, known_sets
from proofsheet.planning.documents import SHARED, documents
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


def test_the_chapters_are_files_of_its_sets_and_what_all_share():
    paths = made()["eecs182_hw5"].chapters
    assert {f"{ROOT}/report/{name}" for name in SHARED} <= set(paths)
    assert f"{ROOT}/report/eecs182_hw5/_q6_cnn.qmd" in paths
    assert not any("/dl_hw1/" in path for path in paths)


def test_a_part_has_no_chapters_but_those_of_its_problems():
    names = [path.rpartition("/")[2] for path in made()["cs7643_ps2_code"].chapters]
    assert names == [*SHARED, "set.yaml", "_p7_cifar10.qmd"]


def test_images_are_those_of_its_acknowledgements(tmp_path):
    entry = {"p1_softmax": {"images": ["docs/pages.png"], "ai_tools": ["one"], "collaborators": []}}
    found = made(acknowledgements={"dl_hw1": entry})
    assert found["dl_hw1"].images == ["docs/pages.png"]
    assert found["csci5527_hw2"].images == []
