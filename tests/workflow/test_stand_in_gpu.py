"""Every training and every notebook with a network, on a GPU: a stand-in, where there is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from workflow_project import QUICK, ROOT, Project

STAND_IN = ROOT / "tests/stand_in_gpu"
SCRIPTS = sorted(
    path for path in ROOT.glob("workflow/problems/*/*/*.py") if "= resolve(" in path.read_text()
)
NOTEBOOKS = sorted(
    path
    for path in ROOT.glob("workflow/problems/*/*/notebook.py")
    if "torch.cuda" in path.read_text()
)


class ProjectWithGpu(Project):
    """Each Python of its jobs sees a GPU and leaves a record of what that did."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"STAND_IN_GPU_RECORDS": str(self.folder / "records")}


def entry_of(path: Path) -> tuple[str, dict]:
    """The problem of a script or a notebook, and what set.yaml says of it."""
    *_, name, problem, _ = path.parts
    entry = yaml.safe_load((ROOT / f"report/{name}/set.yaml").read_text())
    return f"{name}/{problem}", entry["problems"][problem]


@pytest.mark.slow
def test_every_training_runs_on_a_gpu(project):
    project = ProjectWithGpu(project.folder)
    for folder in ("startup", "offline"):  # of a job, and of a notebook from stand-in data
        first = project.folder / "workflow" / folder / "sitecustomize.py"
        first.write_text(first.read_text() + (STAND_IN / "sitecustomize.py").read_text())
        shutil.copy(STAND_IN / "stand_in_gpu.py", first.parent)
    (project.folder / "records").mkdir()

    metrics = {f"results/{entry_of(p)[0]}/metrics.json" for p in SCRIPTS}
    books = [f"results/notebooks/{p.parts[-3]}/{entry_of(p)[1]['notebook']}" for p in NOTEBOOKS]
    assert len(metrics) >= 8
    assert len(books) >= 8
    run = project.snakemake(
        *metrics, *books, *QUICK[:3], "device=cuda", "--resources", "gpu=2", timeout=1500
    )
    assert run.returncode == 0, run.stdout[-6000:]

    worked: dict[str, list[int]] = {}
    for path in (project.folder / "records").glob("*.json"):
        record = json.loads(path.read_text())
        name = Path(record["program"]).stem.rpartition(".")[2]  # Snakemake runs tmp….<script>.py
        worked.setdefault(name, []).append(record["operations"])
    for script in SCRIPTS:
        assert min(worked[script.stem]) > 100, script
    assert sum(count > 100 for count in worked["ipykernel_launcher"]) >= len(books)
