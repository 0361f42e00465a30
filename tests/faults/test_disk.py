"""A disk that is full or read-only, in the middle of a run."""

import shutil
import subprocess

import pytest
from pypdf import PdfReader

from workflow_project import QUICK

from .conftest import PDF, RUN, SMALL, disk, remount

pytestmark = [pytest.mark.faults, pytest.mark.slow]


@pytest.fixture
def on_a_small_disk(done, tmp_path):
    """The finished run, its results on a disk of eight megabytes."""
    results = done.folder / "results"
    results.rename(tmp_path / "results")
    with disk(results, "size=8m"):
        subprocess.run(["cp", "-a", f"{tmp_path}/results/.", str(results)], check=True)
        yield done


def filled(project, but_for: int = 0) -> None:
    """Take what the disk has left, but for some bytes."""
    results = project.folder / "results"
    free = shutil.disk_usage(results).free
    (results / "ballast").write_bytes(bytes(free - but_for))


# What is made anew, what is removed for it, and what is left on the disk for it.
WORK = {
    "preparing data": ("results/data/dry_bean/source.json", "results/data/dry_bean", 100_000),
    "a training": (f"{RUN}.json", "results/csci5527_hw2", 12_288),
    "a rendering": (PDF, PDF, 0),
}


@pytest.mark.parametrize("work", WORK)
def test_a_full_disk_is_told_and_a_run_after_it_completes(finished, on_a_small_disk, work):
    project = on_a_small_disk
    target, removed, left = WORK[work]
    path = project.folder / removed
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    filled(project, but_for=left)
    line = project.fail("the disk is full", target, *QUICK)
    assert "free some space and run again" in line
    assert not (project.folder / target).exists()
    assert not project.half_written()

    (project.folder / "results/ballast").unlink()
    project.run()
    assert project.metrics() == finished.metrics()
    assert PdfReader(project.folder / PDF).pages


def test_a_read_only_results_folder_is_one_line(on_a_small_disk):
    project = on_a_small_disk
    before = sorted((project.folder / "results").rglob("*"))
    remount(project.folder / "results", "ro")
    told = "^proofsheet: results/ cannot be written into"
    line = project.fail(told, f"{RUN}.json", *QUICK, "--forceall")
    assert "make the folder writable" in line
    assert sorted((project.folder / "results").rglob("*")) == before


def test_a_read_only_project_is_one_line(small, tmp_path):
    folder = tmp_path / "project"
    with disk(folder, "size=200m"):
        subprocess.run(["cp", "-a", f"{small.folder}/.", str(folder)], check=True)
        remount(folder, "ro")
        type(small)(folder).fail("^proofsheet: .*cannot be written", *SMALL, *QUICK)
        remount(folder, "rw")
