"""A cluster for each module of tests, and checkouts whose Snakemake submits to it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workflow_project import QUICK, Project, copy_of_checkout

from .cluster import Cluster, DaemonError

PROFILE = ("--workflow-profile", "workflow/profiles/slurm")
SOON = ("--slurm-init-seconds-before-status-checks", "2", "--seconds-between-status-checks", "2")
"""So that a test does not wait for the profile's next look at the queue."""


@contextmanager
def running(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster that is up. Where the kernel refuses it something, the test is skipped by name."""
    try:
        cluster.start()
        yield cluster
    except DaemonError as error:
        if re.search("not permitted|not implemented", str(error), re.IGNORECASE):
            pytest.skip(f"no cluster can be started here: {error}")
        raise
    finally:
        cluster.stop()


class ClusterProject(Project):
    """A checkout whose Snakemake submits to the cluster."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        super().__init__(folder)
        self.cluster = cluster

    def environment(self) -> dict[str, str]:
        return super().environment() | self.cluster.environment()

    def command(self, *arguments: str) -> list[str]:
        """As README.md has it: without a number of cores."""
        return [sys.executable, "-m", "snakemake", *arguments]

    def submit(self, *arguments: str, config: tuple[str, ...] = QUICK, timeout: int = 900) -> None:
        """One run to its end through the cluster."""
        self.succeed(*arguments, *PROFILE, *config, timeout=timeout)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A run that goes on while the cluster is meddled with."""
        with (self.folder / "run.log").open("w") as log:
            return subprocess.Popen(
                self.command(*arguments, *PROFILE, *QUICK), cwd=self.folder, text=True,
                env=self.environment(), stdout=log, stderr=log,
            )  # fmt: skip

    def edit(self, path: str, old: str, new: str) -> None:
        """One place in a file of this checkout."""
        file = self.folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def submitted(self) -> list[dict[str, str]]:
        """SLURM's records of this checkout's jobs, in the order of their numbers."""
        jobs = [job for job in self.cluster.jobs() if job["WorkDir"] == str(self.folder)]
        return sorted(jobs, key=lambda job: int(job["JobId"]))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    """Three nodes in partitions `cpu` and `gpu`, without accounting."""
    with running(Cluster(tmp_path_factory.mktemp("slurm"))) as cluster:
        yield cluster


@pytest.fixture
def project(tmp_path, cluster) -> ClusterProject:
    """A fresh checkout, and only the jobs that this test submits."""
    return ClusterProject(copy_of_checkout(tmp_path / "project").folder, cluster)
