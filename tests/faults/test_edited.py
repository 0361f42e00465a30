"""Results that were deleted, cut short or edited, and clocks that are wrong."""

import json
import os
import shutil
import time

import pytest
from pypdf import PdfReader

from workflow_project import QUICK

from .conftest import PDF, RUN, SMALL

pytestmark = [pytest.mark.faults, pytest.mark.slow]

METRICS = "results/my_course/p1_slope/metrics.json"
DATA = "results/data/dry_bean"

# What is deleted, and what is asked for.
DELETED = {
    "the PDF": ([PDF], SMALL),
    "metrics": ([METRICS], ("my_course",)),
    "the data's record and a training": ([f"{DATA}/source.json", f"{RUN}.json"], SMALL),
    "all data and a training": ([DATA, f"{RUN}.npz"], (f"{RUN}.npz",)),
    "Snakemake's records": ([".snakemake"], SMALL),
}


@pytest.mark.parametrize("what", DELETED)
def test_what_is_deleted_is_made_again(finished, done, what):
    names, targets = DELETED[what]
    for path in (done.folder / name for name in names):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    done.run(*targets)
    assert all((done.folder / name).exists() for name in names)
    assert done.metrics() == finished.metrics()
    assert PdfReader(done.folder / PDF).pages


def truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def another_number(path):
    metrics = json.loads(path.read_text())
    metrics["slope"] = 2.5
    path.write_text(json.dumps(metrics))


def same_size_and_another_digit(path):
    body = path.read_bytes()
    digits = [i for i, byte in enumerate(body) if byte in b"123456"]
    path.write_bytes(body[: digits[-1]] + bytes([body[digits[-1]] + 1]) + body[digits[-1] + 1 :])


EDITED = {
    "metrics, empty": (METRICS, lambda path: path.write_bytes(b"")),
    "metrics, another digit": (METRICS, same_size_and_another_digit),
    "a training's arrays, cut short": (f"{RUN}.npz", truncated),
    "the PDF, cut short": (PDF, truncated),
}


@pytest.mark.parametrize("what", EDITED)
def test_what_is_edited_is_refused_by_name(done, what):
    name, edit = EDITED[what]
    before = (done.folder / name).read_bytes()
    # A file of its own: arrays of the copy are a second name of those that were copied.
    (done.folder / name).unlink()
    (done.folder / name).write_bytes(before)
    edit(done.folder / name)
    assert (done.folder / name).read_bytes() != before
    line = done.fail(f"^proofsheet: {name} is not what its job wrote", *SMALL, *QUICK)
    assert "delete it and run again" in line


def test_what_was_edited_and_is_deleted_is_made_again(finished, done):
    another_number(done.folder / METRICS)
    done.fail("is not what its job wrote", "my_course", *QUICK)
    (done.folder / METRICS).unlink()
    done.run("my_course")
    assert done.metrics() == finished.metrics()


def dated(folder, seconds: float) -> None:
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (seconds, seconds), follow_symlinks=False)


DAY = 86_400


@pytest.mark.parametrize("days", [-3650, 1])
def test_results_of_a_clock_that_was_wrong_are_kept_or_made_again(finished, done, days):
    dated(done.folder / "results", time.time() + days * DAY)
    assert "Traceback" not in done.run()
    assert done.metrics() == finished.metrics()
    assert "Nothing to be done" in done.run()


def test_results_from_the_future_do_not_hide_an_edited_source(done):
    dated(done.folder / "results", time.time() + DAY)
    script = done.folder / "workflow/problems/my_course/p1_slope/solve.py"
    script.write_text(script.read_text().replace("y = 2 * x", "y = 3 * x"))
    module = done.folder / "src/proofsheet/checks.py"
    module.write_text(module.read_text() + "\nEDITED = True\n")
    said = done.run("results/my_course.pdf")
    assert "files are dated in the future (was the clock changed?)" in said
    assert done.metrics()[METRICS]["slope"] == pytest.approx(3, abs=0.2)


def test_sources_from_the_future_are_run_once(finished, fresh):
    for sources in ("src", "workflow", "report"):
        dated(fresh.folder / sources, time.time() + DAY)
    fresh.run()
    assert fresh.metrics() == finished.metrics()
    assert "Nothing to be done" in fresh.run()
