"""One function names the device; a GPU's share is counted without PyTorch."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import torch

from proofsheet.device import make_deterministic, mixed_precision, on_gpu, resolve
from proofsheet.errors import UserError
from proofsheet.visible_gpus import visible_gpus

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "src/proofsheet/device.py"
GPU = torch.cuda.is_available()


def named_devices(text: str) -> list[int]:
    """Lines that make a device, or ask for one by name."""
    lines = []
    for node in ast.walk(ast.parse(text)):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, str)
        attribute = isinstance(node, ast.Attribute) and node.attr == "cuda"
        made = isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.device"
        if made or attribute or (literal and node.value.split(":")[0] == "cuda"):
            lines.append(node.lineno)
    return lines


def test_no_other_code_names_a_device():
    scripts = [*ROOT.glob("src/**/*.py"), *ROOT.glob("workflow/scripts/**/*.py")]
    found = {
        str(path.relative_to(ROOT)): lines
        for path in scripts
        if path != PLACE and (lines := named_devices(path.read_text(encoding="utf-8")))
    }
    assert found == {}
    assert named_devices(PLACE.read_text(encoding="utf-8"))
    assert named_devices("x.cuda()") == named_devices("x.to('cuda:0')") == [1]


def test_the_configured_device():
    assert resolve("cpu").type == "cpu"
    assert on_gpu(resolve("auto")) == GPU


@pytest.mark.skipif(GPU, reason="there is a GPU here")
def test_a_gpu_that_is_not_there_is_told():
    with pytest.raises(UserError, match="PyTorch sees no GPU here"):
        resolve("cuda")


@pytest.mark.skipif(not GPU, reason="no GPU here: mixed precision on cuda is not tested")
def test_mixed_precision_on_a_gpu_is_the_gpus():
    expected = torch.cuda.is_bf16_supported(including_emulation=False)
    assert mixed_precision(resolve("cuda")) == expected


def test_speed_may_be_preferred_to_determinism(monkeypatch):
    monkeypatch.setenv("PROOFSHEET_DETERMINISTIC", "0")
    make_deterministic()
    assert not torch.are_deterministic_algorithms_enabled()


def test_gpus_that_the_scheduler_leaves(tmp_path):
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"):
        (tmp_path / name).touch()
    for allowed, count in {"0": 1, "1,0": 2, "": 0, "-1": 0, "0,1,2": 2}.items():
        assert visible_gpus({"CUDA_VISIBLE_DEVICES": allowed}, tmp_path) == count
    assert visible_gpus({}, tmp_path) == 2
