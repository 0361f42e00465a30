"""GPUs are counted where PyTorch can use them, and only there."""

from __future__ import annotations

import pytest

from proofsheet.planning import gpu_count
from proofsheet.planning.gpu_count import visible_gpus

# As `nvidia-smi -q -d COMPUTE` prints it.
ANSWER = """
==============NVSMI LOG==============

Timestamp                                 : Mon Nov 30 08:00:00 2026
Driver Version                            : {driver}
CUDA Version                              : {cuda}

Attached GPUs                             : {count}
GPU 00000000:01:00.0
    Compute Mode                          : Default
"""


@pytest.fixture
def version(tmp_path):
    """The `version.py` of a PyTorch for CUDA 13."""
    path = tmp_path / "version.py"
    path.write_text("__version__ = '2.15.0+cu132'\ncuda: Optional[str] = '13.2'\n")
    return path


@pytest.fixture
def nodes(tmp_path):
    folder = tmp_path / "dev"
    folder.mkdir()
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"):
        (folder / name).touch()
    return folder


def smi(folder, text, status=0):
    """A `nvidia-smi` that answers so, in a folder for PATH."""
    folder.mkdir()
    command = folder / "nvidia-smi"
    command.write_text(f"#!/bin/sh\ncat <<'.'\n{text}\n.\nexit {status}\n")
    command.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_gpus_that_the_scheduler_leaves(nodes, version):
    for allowed, count in {"0": 1, "1,0": 2, "": 0, "-1": 0, "0,1,2": 2}.items():
        assert visible_gpus({"CUDA_VISIBLE_DEVICES": allowed}, nodes, version) == count
    assert visible_gpus({}, nodes, version) == 2


@pytest.mark.parametrize(
    ("driver", "cuda", "count", "usable"),
    [("580.6", "13.0", 4, 4), ("595.1", "14.1", 1, 1), ("535.1", "12.2", 2, 0), ("1", "N/A", 2, 2)],
)  # fmt: skip
def test_a_driver_that_is_too_old_for_pytorch_has_no_gpus(
    tmp_path, nodes, version, driver, cuda, count, usable
):
    environment = smi(tmp_path / "bin", ANSWER.format(driver=driver, cuda=cuda, count=count))
    assert visible_gpus(environment, nodes, version) == usable


def test_a_driver_that_does_not_answer_has_no_gpus(tmp_path, nodes, version):
    environment = smi(tmp_path / "bin", "Failed to initialize NVML: Driver/library mismatch", 18)
    assert visible_gpus(environment, nodes, version) == 0


def test_the_gpu_of_wsl2_has_no_device_node(tmp_path, version, monkeypatch):
    smi(tmp_path / "wsl", ANSWER.format(driver="580.65", cuda="13.0", count=1))
    monkeypatch.setattr(gpu_count, "WSL", str(tmp_path / "wsl"))
    (tmp_path / "nodes").mkdir()
    assert visible_gpus({"PATH": "/usr/bin:/bin"}, tmp_path / "nodes", version) == 1


@pytest.mark.parametrize("text", ["cuda: Optional[str] = None\n", ""])
def test_a_pytorch_for_the_cpu_uses_none(nodes, version, text):
    version.write_text(text)
    assert visible_gpus({}, nodes, version) == 0
