"""A small part of the workflow that is interrupted, starved and tampered with."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from proofsheet.jobs.atomic_files import read_json
from unit.data.conftest import bean_columns, columns, server, whole_workbook  # noqa: F401
from workflow_project import QUICK, Project, copy_of_checkout

PDF = "results/my_course.pdf"
RUN = "results/csci5527_hw2/p4_dry_beans/runs/mlp-0"
SMALL = (PDF, f"{RUN}.json")
"""A problem with its PDF; a dataset with a training."""

NAMES = [f"{RUN}.json", "results/my_course/p1_slope/metrics.json"]


TIMES = ("seconds", "per_second", "speedup")


def without_times(metrics: Any) -> Any:
    """Metrics without the keys that tell how long something took, at any depth."""
    if isinstance(metrics, dict):
        return {
            key: without_times(value)
            for key, value in metrics.items()
            if not any(word in key for word in TIMES)
        }
    return metrics


class SmallProject(Project):
    """A checkout whose targets are `SMALL`, unless others are named."""

    seconds = 0.0
    """That its first run took, where there was one."""

    def run(self, *targets: str) -> str:
        return self.succeed(*(targets or SMALL), *QUICK)

    def start(self, *targets: str, log: str = "run.log") -> subprocess.Popen[bytes]:
        """A run as a terminal starts it: a process group of its own that heeds Ctrl-C."""
        # A test run in the background of a script ignores it, and would hand that on.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with (self.folder / log).open("wb") as file:
            return subprocess.Popen(
                self.command(*(targets or SMALL), *QUICK), cwd=self.folder,
                env=self.environment(), stdout=file, stderr=file, start_new_session=True,
            )  # fmt: skip

    def metrics(self) -> dict[str, Any]:
        return {name: without_times(read_json(self.folder / name)) for name in NAMES}

    def half_written(self) -> list[Path]:
        results = self.folder / "results"
        return [p for p in results.rglob(".*") if ".part" in p.name or ".prepare-" in p.name]

    def processes(self) -> dict[int, str]:
        """Live processes that work in this folder or were started for a file of it."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                said = (entry / "cmdline").read_bytes().decode(errors="replace")
                inside = Path(os.readlink(entry / "cwd")).is_relative_to(self.folder)
            except OSError:
                continue  # gone, or a zombie
            if (inside or str(self.folder) in said) and int(entry.name) != os.getpid():
                found[int(entry.name)] = said.replace("\0", " ")
        return found

    def copy(self, folder: Path) -> SmallProject:
        return SmallProject(super().copy(folder).folder)


def until(happens: Callable[[], Any], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def killed(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL of the whole process group."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def disk(folder: Path, options: str) -> Iterator[None]:
    """A small disk in memory at `folder`; skipped by name where it cannot be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    mounting = ["mount", "-t", "tmpfs", "-o", options, "proofsheet-test", str(folder)]
    try:
        done = subprocess.run(mounting, capture_output=True, text=True, check=False)
        said = "" if done.returncode == 0 else done.stderr.strip() or "refused"
    except FileNotFoundError:
        said = "there is no mount"
    if said:
        pytest.skip(f"a small disk cannot be mounted here, which takes root: {said}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> SmallProject:
    """The checkout, without results. Do not change it."""
    project = SmallProject(copy_of_checkout(tmp_path_factory.mktemp("small") / "project").folder)
    config = project.folder / "config.yaml"
    text, found = re.subn(r"(?m)^seeds: .*$", "seeds: [0]", config.read_text())
    assert found == 1
    config.write_text(text)
    subprocess.run(
        [sys.executable, "-m", "proofsheet.planning.new_problem", "my_course", "p1_slope"],
        cwd=project.folder, env=project.environment(), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return project


@pytest.fixture(scope="session")
def finished(small, tmp_path_factory) -> SmallProject:
    """The same after an undisturbed run. Do not change it."""
    project = small.copy(tmp_path_factory.mktemp("finished") / "project")
    start = time.monotonic()
    project.run()
    project.seconds = time.monotonic() - start
    return project


@pytest.fixture
def fresh(small, tmp_path) -> SmallProject:
    return small.copy(tmp_path / "project")


@pytest.fixture
def done(finished, tmp_path) -> SmallProject:
    """A copy of the finished run, to be damaged."""
    return finished.copy(tmp_path / "project")
