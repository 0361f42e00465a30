"""Every command that the README and the pages of docs/ show is one that this project knows."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from workflow_project import QUICK

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/slurm.md", "docs/faults.md", "docs/sweeps.md")
pytestmark = pytest.mark.slow


def commands() -> list[str]:
    """The lines of all `sh` blocks, without their comments."""
    blocks = [
        block
        for page in PAGES
        if (ROOT / page).exists()
        for block in re.findall(r"^```sh\n(.*?)^```", (ROOT / page).read_text(), re.M | re.S)
    ]
    lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    return list(dict.fromkeys(filter(None, lines)))


def test_there_are_commands_to_test():
    assert len(commands()) >= 8
    assert {line.split()[0] for line in commands()} <= {"make", "snakemake", "python"}


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("make")])
def test_make_knows_its_target(line):
    """What the targets do is tested elsewhere; here, that they are there and expand."""
    done = subprocess.run(
        [*shlex.split(line), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("snakemake")])
def test_snakemake_takes_the_command(finished, tmp_path, line):
    """As a dry run in a copy where the quick run has been made; the report is really written."""
    project = finished.copy(tmp_path / "copy")
    _, *words = shlex.split(line)
    if "my_course" in words:
        subprocess.run(
            ["python", "-m", "proofsheet.scaffold", "my_course", "p1_title"],
            cwd=project.folder, env=project.environment(), check=True, capture_output=True,
        )  # fmt: skip
    if "--report" in words:
        words += QUICK
    elif "slurm" in line:
        pytest.skip("tests/slurm runs it on a cluster")
    else:
        words += ["--dry-run", *(() if "--config" in words else QUICK)]
    run = project.snakemake(*words)
    assert run.returncode == 0, run.stdout[-3000:]
    if "--report" in words:
        assert (project.folder / "results/report.zip").is_file()
