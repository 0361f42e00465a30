"""A copy of the project to run in, with the commands that a user types."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EVERY_SET = ("--config", "preset=quick", "data={source: standin}", "device=cpu")
QUICK = (*EVERY_SET, "sets=[csci5527_hw2]")

UNSET = (
    "PROOFSHEET_MIRROR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
)  # fmt: skip


class Project:
    """A checkout of its own, with the commands that a user types."""

    config = QUICK
    """What its runs are planned with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        """As on a fresh machine: no mirror, no path into another checkout."""
        kept = {name: value for name, value in os.environ.items() if name not in UNSET}
        # Snakemake is the one of this environment; Quarto is left out: this is the fallback's test.
        return kept | {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PROOFSHEET_RENDERER": "pandoc",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]

    def snakemake(self, *arguments: str, timeout: int = 600) -> subprocess.CompletedProcess[str]:
        """Run Snakemake to its end; stdout and stderr together."""
        return subprocess.run(
            self.command(*arguments), cwd=self.folder, env=self.environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, check=False,
        )  # fmt: skip

    def succeed(self, *arguments: str, timeout: int = 600) -> str:
        """What Snakemake prints in a run that ends well."""
        run = self.snakemake(*arguments, timeout=timeout)
        assert run.returncode == 0, run.stdout[-6000:]
        return run.stdout

    def fail(self, phrase: str, *arguments: str) -> str:
        """The line that says what is wrong, from a run that fails without a traceback."""
        run = self.snakemake(*arguments)
        assert run.returncode != 0
        assert "Traceback" not in run.stdout, run.stdout[-4000:]
        lines = [line for line in run.stdout.splitlines() if re.search(phrase, line)]
        assert lines, run.stdout[-4000:]
        return lines[0]

    def planned(self, *arguments: str) -> dict[str, int]:
        """How many jobs of each rule a dry run plans."""
        said = self.succeed(*arguments, *self.config, "--dry-run", "--workflow-profile", "none")
        if "Nothing to be done" in said:
            return {}
        lines = said.split("Job stats:")[1].splitlines()[3:]
        table = lines[: next(i for i, line in enumerate(lines) if not line.strip())]
        jobs = {line.split()[0]: int(line.split()[1]) for line in table}
        jobs.pop("total")
        return jobs

    def copy(self, folder: Path) -> Project:
        """Everything, results and Snakemake's records included, times kept."""
        shutil.copytree(self.folder, folder, symlinks=True, copy_function=_copied)
        project = Project(folder)
        project.config = self.config
        return project


def _copied(source: str, target: str) -> None:
    """A copy; of arrays, which are large and never changed in place, a second name."""
    if source.endswith(".npz"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def copy_of_checkout(folder: Path) -> Project:
    """The files that a clone would have, as they are in the working tree."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listing.split("\0")):
        if (ROOT / name).is_file() or (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    return Project(folder)
