"""Every training on a GPU: a stand-in, where there is none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from proofsheet.jobs.atomic_files import read_json
from workflow_project import QUICK, ROOT, Project

STAND_IN = ROOT / "tests/stand_in_gpu"
PROBLEMS = sorted(
    {
        path.parent
        for path in ROOT.glob("workflow/problems/*/*/*.py")
        if "device: torch.device" in path.read_text()
        if not path.name.startswith("notebook")
    }
)
"""With a training on a device."""


class ProjectWithGpu(Project):
    """Each Python of its jobs sees a GPU and leaves a record of what that did."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"STAND_IN_GPU_RECORDS": str(self.folder / "records")}


@pytest.mark.gpu
def test_every_training_runs_on_a_gpu(project):
    project = ProjectWithGpu(project.folder)
    first = project.folder / "workflow/startup/sitecustomize.py"
    first.write_text(first.read_text() + (STAND_IN / "sitecustomize.py").read_text())
    shutil.copy(STAND_IN / "stand_in_gpu.py", first.parent)
    (project.folder / "records").mkdir()

    metrics = {f"results/{path.parent.name}/{path.name}/metrics.json" for path in PROBLEMS}
    assert len(metrics) >= 7
    project.succeed(*metrics, *QUICK[:3], "device=cuda", "--resources", "gpu=2", timeout=1500)

    runs = [read_json(path) for path in project.folder.glob("results/*/*/runs/*.json")]
    devices = [run["device"] for run in runs if "device" in run]
    assert len(devices) >= 3 * len(PROBLEMS)
    assert "cpu" not in devices, devices

    # A process trains one network or several. Those with NumPy alone never ask for a GPU.
    operations = [
        record["operations"]
        for record in map(read_json, (project.folder / "records").glob("*.json"))
        # Snakemake runs tmp….<script>.py.
        if Path(record["program"]).stem.endswith("train")
    ]
    assert sum(count > 100 for count in operations) >= len(PROBLEMS)
    assert sum(operations) > 100 * len(devices)
