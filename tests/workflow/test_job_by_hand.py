"""One job in a process of its own, as docs/contributing.md shows it."""

import subprocess
import sys

from workflow_project import Project

P1 = "results/cs7643_ps2/p1_collaborators"


def test_a_profiler_runs_the_script_of_a_job(project: Project):
    project.succeed("--force", "--skip-script-cleanup", f"{P1}/metrics.json")
    metrics = project.folder / P1 / "metrics.json"
    made = metrics.read_bytes()
    metrics.unlink()

    (script,) = project.folder.glob(".snakemake/scripts/*.solve.py")
    profiled = subprocess.run(
        [sys.executable, "-m", "cProfile", str(script)], cwd=project.folder,
        env=project.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert profiled.returncode == 0, profiled.stderr
    assert "atomic_files.py" in profiled.stdout
    assert metrics.read_bytes() == made
