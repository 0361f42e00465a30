"""A copy of the project to run in, and one undisturbed quick run that the tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow_project import QUICK, Project, copy_of_checkout


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the workflow stay in one process: they share the quick run, and use both cores."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("workflow"))


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
