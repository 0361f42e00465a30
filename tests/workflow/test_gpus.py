"""Trainings and the GPUs that they share: one at a time, unless more are allowed."""

import json

import pytest

pytestmark = pytest.mark.slow
CONFIG = ("--config", "preset=full", "data={source: standin}", "device=cuda")
RUNS = [f"results/csci5527_hw2/p4_dry_beans/runs/mlp-{seed}.json" for seed in (0, 1)]

# Each says whether it saw the other one at work.
TRAINING = """
import json
import time
from pathlib import Path

mine, both = Path(f"at_work-{snakemake.wildcards.seed}"), [Path("at_work-0"), Path("at_work-1")]
mine.touch()
deadline = time.monotonic() + %d
while not (met := all(path.exists() for path in both)) and time.monotonic() < deadline:
    time.sleep(0.1)
if met:
    time.sleep(1)  # so that the other one sees this one, too
mine.unlink()
for path in snakemake.output:
    Path(path).write_text(json.dumps({"met": met}))
"""


def test_two_trainings_share_a_gpu_only_if_resources_allow(project):
    def met(seconds: int, *arguments: str) -> list[bool]:
        script = project.folder / "workflow/scripts/train.py"
        script.write_text(TRAINING % seconds)
        project.succeed(*RUNS, *arguments, *CONFIG)
        return [json.loads((project.folder / path).read_text())["met"] for path in RUNS]

    assert met(3) == [False, False]
    assert met(90, "--resources", "gpu=2") == [True, True]
