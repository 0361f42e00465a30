"""A GPU is seen where PyTorch can use it, and only there."""

import pytest

from proofsheet.planning import gpu
from proofsheet.planning.gpu import gpu_is_usable

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


def test_a_gpu_that_the_scheduler_leaves(nodes, version):
    for allowed, usable in {"0": True, "1,0": True, "": False, "-1": False, "0,1,2": True}.items():
        assert gpu_is_usable({"CUDA_VISIBLE_DEVICES": allowed}, nodes, version) == usable
    assert gpu_is_usable({}, nodes, version)


@pytest.mark.parametrize(
    ("driver", "cuda", "count", "usable"),
    [("580.6", "13.0", 4, True), ("595.1", "14.1", 1, True), ("535.1", "12.2", 2, False),
     ("1", "N/A", 2, True), ("580.6", "13.0", 0, False)],
)  # fmt: skip
def test_a_driver_that_is_too_old_for_pytorch_is_of_no_use(
    tmp_path, nodes, version, driver, cuda, count, usable
):
    environment = smi(tmp_path / "bin", ANSWER.format(driver=driver, cuda=cuda, count=count))
    assert gpu_is_usable(environment, nodes, version) == usable


def test_a_driver_that_does_not_answer_is_of_no_use(tmp_path, nodes, version):
    environment = smi(tmp_path / "bin", "Failed to initialize NVML: Driver/library mismatch", 18)
    assert not gpu_is_usable(environment, nodes, version)


def test_the_gpu_of_wsl2_has_no_device_node(tmp_path, version, monkeypatch):
    smi(tmp_path / "wsl", ANSWER.format(driver="580.65", cuda="13.0", count=1))
    monkeypatch.setattr(gpu, "WSL", str(tmp_path / "wsl"))
    (tmp_path / "nodes").mkdir()
    assert gpu_is_usable({"PATH": "/usr/bin:/bin"}, tmp_path / "nodes", version)


@pytest.mark.parametrize("text", ["cuda: Optional[str] = None\n", ""])
def test_a_pytorch_for_the_cpu_uses_none(nodes, version, text):
    version.write_text(text)
    assert not gpu_is_usable({}, nodes, version)
