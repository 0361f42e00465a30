"""Results that are no longer what their job wrote are named; all others pass."""

import os
import time

import pytest

from proofsheet.jobs.errors import UserError
from proofsheet.jobs.result_hashes import RECORDS, forget, record, refuse_quick
from proofsheet.planning.clock import redate
from proofsheet.planning.tampering import refuse_edited
from user_errors import refused

OUTPUTS = ["results/set/p1/metrics.json", "results/set/p1/arrays.npz", "results/set/p1/folder"]


@pytest.fixture
def root(tmp_path):
    """A project with one job's outputs, one of them a folder, recorded."""
    (tmp_path / OUTPUTS[2]).mkdir(parents=True)
    for name in OUTPUTS[:2]:
        (tmp_path / name).write_text(f"from the job: {name}")
    record(OUTPUTS, tmp_path)
    return tmp_path


def test_what_a_job_wrote_passes_touched_copied_or_deleted(root):
    refuse_edited(root)
    os.utime(root / OUTPUTS[0], (1, 1))
    (root / OUTPUTS[1]).unlink()
    refuse_edited(root)


@pytest.mark.parametrize("text", ["", "shorter", f"From the job: {OUTPUTS[0]}", "longer" * 20])
def test_what_was_edited_is_named(root, text):
    (root / OUTPUTS[0]).write_text(text)
    refused(f"^{OUTPUTS[0]} is not what its job wrote", refuse_edited, root)


def test_a_job_that_is_cut_otherwise_leaves_an_old_record(root):
    """As when a sweep's runs are shared out among its jobs anew."""
    (root / OUTPUTS[1]).write_text("written again, by a job of other outputs")
    record([OUTPUTS[1]], root)
    refuse_edited(root)
    (root / OUTPUTS[1]).write_text("edited")
    refused(f"^{OUTPUTS[1]} is not what its job wrote", refuse_edited, root)


def test_a_job_that_begins_anew_has_no_record(root):
    (root / OUTPUTS[0]).write_text("half")
    forget(OUTPUTS, root)
    refuse_edited(root)
    assert list((root / RECORDS).iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"a": 1}', '{"a": ["x", "y", "z"]}'])
def test_a_damaged_record_is_told(root, text):
    (place,) = (root / RECORDS).iterdir()
    place.write_text(text)
    refused("is damaged", refuse_edited, root)


def test_files_outside_the_results_are_no_concern(tmp_path):
    record(["elsewhere/metrics.json", f"{tmp_path}/a.json"], tmp_path)
    forget(["elsewhere/metrics.json"], tmp_path)
    assert not (tmp_path / "results").exists()


def test_only_results_of_the_future_are_dated_anew(root):
    present = (root / OUTPUTS[1]).stat().st_mtime
    os.utime(root / OUTPUTS[0], (time.time() + 5000, time.time() + 5000))
    assert redate(root).startswith("1 files are dated in the future")
    assert (root / OUTPUTS[0]).stat().st_mtime < present
    assert (root / OUTPUTS[1]).stat().st_mtime == present
    refuse_edited(root)
    assert redate(root) == ""


def test_sources_of_the_future_are_dated_now(root):
    source, other = root / "src" / "module.py", root / "src" / "older.py"
    source.parent.mkdir()
    source.touch()
    other.touch()
    os.utime(other, (5000, 5000))
    os.utime(source, (time.time() + 5000, time.time() + 5000))
    assert redate(root).startswith("1 files are dated in the future")
    assert abs(source.stat().st_mtime - time.time()) < 60
    assert other.stat().st_mtime == 5000
    assert redate(root) == ""


@pytest.mark.parametrize("change", ["none", "touched"])
def test_a_result_of_a_quick_run_does_not_pass_as_full(root, change):
    name, others = OUTPUTS[0], ["src/proofsheet/checks.py", *OUTPUTS[1:]]
    record([name], root, preset="quick")
    if change == "touched":
        (root / name).touch()
    refuse_quick(others, root)
    with pytest.raises(UserError, match=f"^{name} was made by a quick run") as caught:
        refuse_quick([*others, name], root)
    assert "delete results/set and results/notebooks/set" in str(caught.value)
    refuse_edited(root)


def test_a_result_that_was_made_again_in_full_passes(root):
    record([OUTPUTS[0]], root, preset="quick")
    (root / OUTPUTS[0]).write_text("of the full run")
    record(OUTPUTS[:2], root, preset="full")
    refuse_quick(OUTPUTS, root)
