"""What is handed in: the files of a bundle, the archive, and nothing else."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from proofsheet.jobs.atomic_files import write_json
from proofsheet.planning.submission import (
    code,
    files,
    missing_from,
    notebooks,
    ready_to_hand_in,
    summary,
)
from proofsheet.report.bundle import fill, pack
from workflow_project import ROOT

PLAIN = {
    "short": "S 1 HW 2",
    "hand_in": "One PDF,\n  and notebooks.",
    "problems": {"p1_a": {"notebook": "problem_1.ipynb"}, "p2_b": {}},
}


def test_a_notebook_that_the_course_does_not_want_is_made_but_not_handed_in():
    unwanted = {"notebook": "problem_1.ipynb", "notebook_wanted": False}
    entry = PLAIN | {"problems": PLAIN["problems"] | {"p1_a": unwanted}}
    assert list(files("s_hw", entry)) == ["s_hw.pdf"]
    assert list(notebooks("s_hw", entry)) == ["problem_1.ipynb"]


# What each text asks for, by hand: the bundle of each set has these files and no others.
WANTED = {
    "csci5527_hw2": "csci5527_hw2.pdf problem_1.ipynb problem_2.ipynb problem_3.ipynb"
    " problem_4.ipynb",
    "csci5527_hw3": "csci5527_hw3.pdf problem_1.ipynb problem_2.ipynb problem_3.ipynb"
    " problem_4.ipynb",
    "dl_hw1": "dl_hw1.pdf mytorch.zip problem_1.ipynb problem_2.ipynb problem_3.ipynb"
    " problem_4.ipynb problem_5.ipynb problem_6.ipynb",
    "cs7643_ps2": "code_part1.zip code_part2.zip cs7643_ps2_code.pdf cs7643_ps2_theory.pdf",
    "eecs182_hw5": "bn_drop.ipynb cnn.ipynb eecs182_hw5.pdf pytorch_cnn.ipynb",
}


@pytest.mark.parametrize("name", WANTED)
def test_a_bundle_has_what_its_text_asks_for(name):
    entry = yaml.safe_load((ROOT / f"report/{name}/set.yaml").read_text())
    assert sorted(files(name, entry)) == WANTED[name].split()


@pytest.mark.parametrize(
    ("archive", "has"),
    [
        ("code_part1.zip", "code/src/mytorch/nn/modules/conv.py"),
        ("code_part2.zip", "code/src/proofsheet/learning/small_image_nets.py"),
    ],
)
def test_the_zipped_code_is_whole(tmp_path, monkeypatch, archive, has):
    """Unpacked, every module of it can be imported, and none from elsewhere."""
    monkeypatch.chdir(ROOT)
    entry = yaml.safe_load(Path("report/cs7643_ps2/set.yaml").read_text())
    paths = code("cs7643_ps2", entry["archives"][archive]["scripts"])
    pack(tmp_path / archive, [(f"code/{path}", path) for path in paths])
    with zipfile.ZipFile(tmp_path / archive) as packed:
        names = packed.namelist()
        packed.extractall(tmp_path)
    assert has in names
    modules = [
        name.removeprefix("code/src/").removesuffix(".py").replace("/", ".")
        for name in names
        if name.startswith("code/src/") and not name.endswith("__init__.py")
    ]
    text = (
        f"import importlib, sys; [importlib.import_module(name) for name in {modules!r}];"
        " sys.exit(' '.join(module.__file__ for name, module in sys.modules.items()"
        " if name.split('.')[0] in ('mytorch', 'proofsheet')"
        f" and not module.__file__.startswith({str(tmp_path)!r})) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "code/src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_same_files_pack_to_the_same_bytes(tmp_path):
    for name in ("x.txt", "y.txt"):
        (tmp_path / name).write_text(name)
    members = [("code/y.txt", tmp_path / "y.txt"), ("x.txt", tmp_path / "x.txt")]
    pack(tmp_path / "a.zip", members)
    (tmp_path / "x.txt").touch()
    pack(tmp_path / "b.zip", members[::-1])
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name).decode() for name in archive.namelist()} == {
            "code/y.txt": "y.txt",
            "x.txt": "x.txt",
        }


def test_a_users_files_in_the_bundle_are_kept_and_named(tmp_path):
    made = tmp_path / "made.pdf"
    made.write_bytes(b"new")
    bundle = tmp_path / "bundle"
    assert fill(bundle, {"s_hw.pdf": made}) == []
    (bundle / "scan.jpg").write_bytes(b"written by hand")
    (bundle / "s_hw.pdf").write_bytes(b"old")
    assert fill(bundle, {"s_hw.pdf": made}) == ["scan.jpg"]
    found = {path.name: path.read_bytes() for path in bundle.iterdir()}
    assert found == {"s_hw.pdf": b"new", "scan.jpg": b"written by hand"}


def test_the_summary_says_what_is_there_and_what_to_do_with_it(tmp_path):
    bundle = tmp_path / "results/submission/s_hw"
    bundle.mkdir(parents=True)
    for name in files("s_hw", PLAIN):
        (bundle / name).write_bytes(b"x" * 2_000_000)
    assert summary("s_hw", PLAIN, ["say who you are"], tmp_path) == [
        "S 1 HW 2: results/submission/s_hw/",
        "  s_hw.pdf                       2.00 MB",
        "  problem_1.ipynb                2.00 MB",
        "  to hand in: One PDF, and notebooks.",
        "  before that: say who you are",
    ]


def test_data_that_are_stand_ins_are_named_with_the_key_to_change(tmp_path):
    entry = PLAIN | {"problems": {"p1_a": {"datasets": ["mnist", "dry_bean"]}, "p2_b": {}}}
    given = {"collaborators": [], "ai_tools": []}
    config = {
        "preset": "auto",
        "data": {"source": "auto"},
        "author": {"name": "Ada Lovelace"},
        "acknowledgements": {"s_hw": dict.fromkeys(entry["problems"], given)},
    }
    for name, standin in (("mnist", True), ("dry_bean", False)):
        write_json(tmp_path / f"results/data/{name}/source.json", {"standin": standin})
    told = "mnist is a stand-in here, not the real data: set"
    assert missing_from(config, "s_hw", entry, "full", tmp_path) == [
        f"{told} data.mirror or go online"
    ]
    config["data"]["source"] = "standin"
    assert missing_from(config, "s_hw", entry, "quick", tmp_path) == [
        "this was a quick run, since its data were expected to be stand-ins",
        f"{told} data.source to auto, and data.mirror or go online",
    ]


def test_what_only_the_author_can_give_is_asked_for():
    entry = PLAIN | {"screenshots": True, "asks": {"s_hw.hours": "the hours that it took"}}
    given = {"collaborators": [], "ai_tools": ["an assistant"], "images": []}
    config = {
        "preset": "quick",
        "author": {"name": ""},
        "s_hw": {"hours": None},
        "acknowledgements": {"s_hw": {"p1_a": given}},
    }
    assert missing_from(config, "s_hw", entry, "quick") == [
        "this was a quick run: set `preset` to full or auto and run again",
        "config.yaml: s_hw.hours is empty; the course asks for the hours that it took",
        "config.yaml: acknowledgements.s_hw does not say who and which AI tools helped for p2_b;"
        " the report has “Not stated” there (an empty list [] says none)",
        "config.yaml: acknowledgements.s_hw.p1_a names AI tools without `images`; the course asks"
        " for screenshots of prompts and answers",
    ]
    config = config | {
        "preset": "full",
        "author": {"name": "Ada Lovelace"},
        "s_hw": {"hours": 0},
        "acknowledgements": {
            "s_hw": {
                "p1_a": given | {"images": ["question.png"]},
                "p2_b": {"collaborators": [], "ai_tools": [], "images": []},
            }
        },
    }
    assert missing_from(config, "s_hw", entry, "full") == []
    (line,) = missing_from(config | {"acknowledgements": {}}, "s_hw", entry, "full")
    assert "acknowledgements.s_hw does not say who and which AI tools helped; the" in line


@pytest.mark.parametrize(("name", "lines"), [("Ada Lovelace", 0), (" ", 1)])
def test_a_missing_name_is_said_once_after_all_sets(tmp_path, monkeypatch, name, lines):
    monkeypatch.chdir(tmp_path)
    sets = {"s_hw": PLAIN, "t_hw": PLAIN}
    for folder in sets:
        (tmp_path / f"results/submission/{folder}").mkdir(parents=True)
        for file in files(folder, PLAIN):
            (tmp_path / f"results/submission/{folder}/{file}").write_bytes(b"x")
    config = {"preset": "full", "sets": [], "author": {"name": name}, "acknowledgements": {}}
    said = ready_to_hand_in(config, sets, dict.fromkeys(sets, "full"), 0)
    assert sum("author.name" in line for line in said) == lines
    assert sum(line.startswith("  to hand in: ") for line in said) == 2
