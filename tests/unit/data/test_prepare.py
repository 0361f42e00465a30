"""A dataset prepared and read back: which source, what is written, and never half of it."""

import json
import logging
import re
import runpy
import signal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import proofsheet.data
from proofsheet.data import dry_bean
from proofsheet.data.contract import Info
from proofsheet.data.prepare import prepare
from proofsheet.data.registry import DATASETS, dataset_module, module_path
from unit.data.images import mirror_of
from unit.data.support import Answer, as_csv, run_python, sha256, uci, write_manifest
from user_errors import refused

FILES = ["source.json", "test.npz", "train.npz", "val.npz"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def mirrored(whole_workbook, tmp_path) -> Path:
    """A mirror with a whole workbook."""
    target = tmp_path / "mirror" / "dry_bean" / dry_bean.WORKBOOK
    target.parent.mkdir(parents=True)
    target.write_bytes(whole_workbook.read_bytes())
    return write_manifest(tmp_path / "mirror", {dry_bean.WORKBOOK: sha256(target)})


def test_what_is_written_is_read_back(mirrored, tmp_path):
    record = prepare("dry_bean", "mirror", str(mirrored), 0, tmp_path / "out")
    assert names(tmp_path / "out") == FILES
    data = proofsheet.data.load(tmp_path / "out")
    assert data.source == json.loads((tmp_path / "out" / "source.json").read_text())
    assert data.source == json.loads(json.dumps(record))
    assert (len(data.train), len(data.val), len(data.test)) == (406, 136, 135)
    assert data.train.x.shape == (406, 16)
    assert data.class_names == tuple(dry_bean.COUNTS)
    assert data.feature_names[0] == "Area"
    assert not data.standin


def test_source_json_says_where_the_data_come_from(mirrored, tmp_path):
    record = prepare("dry_bean", "auto", str(mirrored), 7, tmp_path / "out")
    assert record["dataset"] == "dry_bean"
    assert (record["source"], record["requested"]) == ("mirror", "auto")
    assert (record["official"], record["standin"]) == (False, False)
    assert (record["note"], record["licence"]) == ("made by a test", "CC BY 4.0")
    assert record["files"][0]["name"] == dry_bean.WORKBOOK
    assert re.fullmatch("[0-9a-f]{64}", record["files"][0]["sha256"])
    assert (record["duplicates_removed"], record["split_seed"]) == (1, 7)
    for part in ("train", "val", "test"):
        count = record["counts"][part]
        assert sum(count["per_class"].values()) == count["total"]
    assert sum(count["total"] for count in record["counts"].values()) == 677
    assert str(tmp_path) not in json.dumps(record)  # no path of this machine


def test_another_split_of_the_same_rows_is_the_one_that_prepare_gives(mirrored, tmp_path):
    for seed in (0, 1):
        prepare("dry_bean", "mirror", str(mirrored), seed, tmp_path / str(seed))
    one = proofsheet.data.load(tmp_path / "1")
    other = proofsheet.data.load(tmp_path / "0").resplit(1)
    for part in ("train", "val", "test"):
        np.testing.assert_array_equal(getattr(one, part).x, getattr(other, part).x)
        np.testing.assert_array_equal(getattr(one, part).y, getattr(other, part).y)


def test_auto_takes_the_official_source_without_a_mirror_and_it_has_the_same_rows(
    server, columns, mirrored, tmp_path, monkeypatch
):
    monkeypatch.setattr(dry_bean, "HOST", server.url)
    server.script = [uci(server, as_csv(columns))]
    record = prepare("dry_bean", "auto", "", 0, tmp_path / "official")
    assert (record["source"], record["official"], record["standin"]) == ("official", True, False)
    prepare("dry_bean", "mirror", str(mirrored), 0, tmp_path / "mirror-rows")
    one, other = (proofsheet.data.load(tmp_path / name) for name in ("official", "mirror-rows"))
    np.testing.assert_array_equal(one.test.y, other.test.y)
    # The client reads a number to the last digit or the one before.
    np.testing.assert_allclose(one.test.x, other.test.x, rtol=1e-14)


def test_auto_takes_the_standin_last_and_warns(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("proofsheet"), "propagate", True)
    record = prepare("dry_bean", "auto", "", 0, tmp_path)
    assert (record["source"], record["official"], record["standin"]) == ("standin", False, True)
    assert "simulated" in record["note"]
    assert proofsheet.data.load(tmp_path).standin
    (warning,) = {r.getMessage() for r in caplog.records if r.levelno == logging.WARNING}
    assert "\n" not in warning
    for part in ("dry_bean", "STAND-IN", "no mirror is set", "127.0.0.1:9", "refused"):
        assert part in warning


def test_auto_says_why_an_official_source_that_answers_is_not_used(
    server, tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr(logging.getLogger("proofsheet"), "propagate", True)
    monkeypatch.setattr(dry_bean, "HOST", server.url)
    server.script = [Answer(status=500)]
    mirror = mirror_of(tmp_path / "mirror", "mnist", {})
    record = prepare("dry_bean", "auto", str(mirror), 0, tmp_path / "out")
    assert record["source"] == "standin"
    (warning,) = {r.getMessage() for r in caplog.records if r.levelno == logging.WARNING}
    assert "has no 'dry_bean'" in warning
    assert "3 attempts" in warning


@pytest.mark.parametrize("source", ["auto", "mirror"])
def test_a_damaged_mirror_is_never_replaced(mirrored, tmp_path, source):
    path = mirrored / "dry_bean" / dry_bean.WORKBOOK
    path.write_bytes(path.read_bytes()[:-10])
    told = r"damaged: expected sha256 .*, found "
    refused(told, prepare, "dry_bean", source, str(mirrored), 0, tmp_path / "out")
    assert names(tmp_path / "out") == []


@pytest.mark.parametrize(
    ("name", "source", "mirror", "told"),
    [
        ("dry_bean", "auto", "nowhere", "nowhere does not exist"),
        ("dry_bean", "mirror", "nowhere", "nowhere does not exist"),
        ("dry_bean", "mirror", "other", r"has no 'dry_bean' \(it has: mnist\)"),
        ("dry_bean", "official", "", r"could not be fetched in 3 attempts.*connecting"),
        ("wet_bean", "auto", "", "dataset 'wet_bean' is unknown; allowed: dry_bean"),
    ],
)
def test_nothing_falls_back(tmp_path, name, source, mirror, told):
    mirror_of(tmp_path / "other", "mnist", {})
    refused(told, prepare, name, source, mirror and str(tmp_path / mirror), 0, tmp_path / "out")
    assert not list(tmp_path.glob("out/*"))


def test_a_kill_leaves_nothing_that_passes_for_done(tmp_path):
    """Killed between the second file and the third, over an older preparation."""
    prepare("dry_bean", "standin", "", 1, tmp_path)
    code = (
        "import sys, time\n"
        "from proofsheet.data import dry_bean, prepare\n"
        "dry_bean.STANDIN_BEANS = 200\n"
        "write, count = prepare.write_arrays, []\n"
        "def slow(path, **arrays):\n"
        "    count.append(path)\n"
        "    if len(count) == 3:\n"
        "        print('now', flush=True)\n"
        "        time.sleep(60)\n"
        "    write(path, **arrays)\n"
        "prepare.write_arrays = slow\n"
        f"prepare.prepare('dry_bean', 'standin', '', 2, r'{tmp_path}')\n"
    )
    process = run_python(code, stdout=-1)
    assert process.stdout.readline() == "now\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert "source.json" not in names(tmp_path)
    refused(r"source.json does not exist; run", proofsheet.data.load, tmp_path)
    prepare("dry_bean", "standin", "", 1, tmp_path)
    assert names(tmp_path) == FILES  # what the killed one left is gone
    assert proofsheet.data.load(tmp_path).source["split_seed"] == 1


def test_a_missing_file_is_named(tmp_path):
    prepare("dry_bean", "standin", "", 0, tmp_path)
    (tmp_path / "val.npz").unlink()
    refused(r"val\.npz.*No such file", proofsheet.data.load, tmp_path)


@pytest.mark.parametrize("text", ["", "{"])
def test_a_spoiled_record_is_named(tmp_path, text):
    (tmp_path / "source.json").write_text(text)
    refused(r"source\.json is not a JSON file", proofsheet.data.load, tmp_path)


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_keeps_the_contract(name):
    module = dataset_module(name)
    assert isinstance(module.INFO, Info)
    for part in ("official", "mirror", "standin", "divide"):
        assert callable(getattr(module, part))
    assert module.HOST.startswith("http")
    root = Path(proofsheet.data.__file__).parents[2]
    assert Path(module_path(name, root)) == Path(module.__file__)


def script(tmp_path, source, mirror=""):
    path = Path(proofsheet.data.__file__).parents[3] / "workflow/scripts/data/prepare.py"
    output = {part: str(tmp_path / "out" / f"{part}.npz") for part in ("train", "val", "test")}
    snakemake = SimpleNamespace(
        rule="data",
        log=[str(tmp_path / "log.txt")],
        params=SimpleNamespace(
            dataset="dry_bean", source=source, mirror=mirror, seed=0, renewals=0
        ),
        output=SimpleNamespace(source=str(tmp_path / "out" / "source.json"), **output),
    )
    log = logging.getLogger("proofsheet")
    before, propagate = list(log.handlers), log.propagate
    try:
        runpy.run_path(str(path), init_globals={"snakemake": snakemake})
    finally:
        log.handlers, log.propagate = before, propagate


def test_the_script_writes_its_outputs_and_warns(tmp_path, capsys):
    script(tmp_path, "auto")
    assert names(tmp_path / "out") == FILES
    assert "STAND-IN" in capsys.readouterr().err
    assert "train 180" in (tmp_path / "log.txt").read_text()


def test_no_client_is_imported_before_it_is_used():
    heavy = ("torch", "torchvision", "pandas", "openpyxl", "ucimlrepo", "sklearn", "scipy")
    code = (
        "import sys\n"
        "import proofsheet.data.prepare, proofsheet.data.dry_bean\n"
        f"print([name for name in {heavy} if name in sys.modules])\n"
    )
    process = run_python(code, stdout=-1)
    assert process.communicate()[0] == "[]\n"


@pytest.mark.mirror
def test_the_real_beans(mirror, tmp_path):
    record = prepare("dry_bean", "auto", str(mirror), 0, tmp_path)
    assert (record["source"], record["standin"], record["official"]) == ("mirror", False, False)
    assert record["duplicates_removed"] == 68
    data = proofsheet.data.load(tmp_path)
    assert (len(data.train), len(data.val), len(data.test)) == (8126, 2708, 2709)
    sides = [{row.tobytes() for row in part.x} for part in (data.train, data.val, data.test)]
    assert len(set.union(*sides)) == 13543
