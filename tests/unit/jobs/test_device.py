"""One function names the device; a GPU's share is counted without PyTorch."""

import ast
import os

import pytest
import torch

from proofsheet.jobs.device import make_deterministic, mixed_precision, on_gpu, resolve
from user_errors import refused
from workflow_project import ROOT

PLACE = ROOT / "src/proofsheet/jobs/device.py"
GPU = torch.cuda.is_available()


def named_devices(text: str) -> list[int]:
    """Lines that make a device, or ask for one by name."""
    lines = []
    for node in ast.walk(ast.parse(text)):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, str)
        attribute = isinstance(node, ast.Attribute) and node.attr == "cuda"
        made = isinstance(node, ast.Call) and (
            ast.unparse(node.func) in ("torch.device", "torch.set_default_device")
            or any(
                word.arg == "device" and getattr(word.value, "value", None) in ("cpu", "cuda")
                for word in node.keywords
            )
        )
        if made or attribute or (literal and node.value.split(":")[0] == "cuda"):
            lines.append(node.lineno)
    return lines


def test_no_other_code_names_a_device():
    folders = ("src", "workflow", "benchmarks")
    scripts = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if not path.name.startswith("notebook")
    ]
    found = {
        str(path.relative_to(ROOT)): lines
        for path in scripts
        if path != PLACE and (lines := named_devices(path.read_text(encoding="utf-8")))
    }
    assert found == {}
    assert named_devices(PLACE.read_text(encoding="utf-8"))
    for text in ("x.cuda()", "x.to('cuda:0')", "f(device='cpu')", "torch.set_default_device(d)"):
        assert named_devices(text) == [1], text
    assert named_devices("f(device=device)\nx.device.type == 'cpu'") == []


NOTEBOOK_LINE = 'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")'


def test_notebooks_which_stand_alone_name_it_in_one_line():
    """They cannot import the function, so each has the same line instead, and no other."""
    notebooks = list(ROOT.glob("workflow/problems/*/*/notebook.py"))
    assert len(notebooks) > 10
    for path in notebooks:
        text = path.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if "torch.device(" in line or ".cuda()" in line]
        assert lines in ([], [NOTEBOOK_LINE]), path


def test_the_configured_device():
    assert resolve("cpu").type == "cpu"
    assert on_gpu(resolve("auto")) == GPU


@pytest.mark.skipif(GPU, reason="there is a GPU here")
def test_a_gpu_that_is_not_there_is_told():
    refused("PyTorch sees no GPU here", resolve, "cuda")


@pytest.mark.skipif(not GPU, reason="no GPU here: mixed precision on cuda is not tested")
def test_mixed_precision_on_a_gpu_is_the_gpus():
    expected = torch.cuda.is_bf16_supported(including_emulation=False)
    assert mixed_precision(resolve("cuda")) == expected


def test_a_run_is_deterministic_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("PROOFSHEET_DETERMINISTIC", raising=False)
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    try:
        make_deterministic()
        assert torch.are_deterministic_algorithms_enabled()
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    finally:
        torch.use_deterministic_algorithms(False)


def test_speed_may_be_preferred_to_determinism(monkeypatch):
    monkeypatch.setenv("PROOFSHEET_DETERMINISTIC", "0")
    make_deterministic()
    assert not torch.are_deterministic_algorithms_enabled()
