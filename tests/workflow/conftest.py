"""A copy of the project to run in, and one undisturbed quick run that the tests share."""

from __future__ import annotations

import pytest

from workflow_project import QUICK, Project, copy_of_checkout


@pytest.fixture
def project(tmp_path) -> Project:
    """A fresh checkout without results."""
    return copy_of_checkout(tmp_path / "project")


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """A checkout in which the quick run has been made, from stand-in data. Do not change it."""
    project = copy_of_checkout(tmp_path_factory.mktemp("finished"))
    run = project.snakemake(*QUICK)
    assert run.returncode == 0, run.stdout[-6000:]
    return project
