"""A copy of the project to run in, and one undisturbed quick run that the tests share."""

import fcntl
import os

import pytest

from workflow_project import EVERY_SET, Project, copy_of_checkout


@pytest.fixture
def project(tmp_path) -> Project:
    """A fresh checkout without results."""
    return copy_of_checkout(tmp_path / "project")


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """A checkout with the quick run of every set, from stand-in data. Do not change it.

    It is made once, by the first of pytest's processes that asks for it; `run.log` beside it has
    what the run printed.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with (shared / "finished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        log = shared / "finished/run.log"
        if not log.exists():
            project = copy_of_checkout(shared / "finished/project")
            run = project.snakemake(*EVERY_SET, timeout=1500)
            log.write_text(run.stdout)
            if run.returncode:
                log.write_text(f"failed: {run.stdout[-6000:]}")
    assert not log.read_text().startswith("failed:"), log.read_text()
    project = Project(shared / "finished/project")
    project.config = EVERY_SET
    return project
