"""How many GPUs a run can use here, without importing PyTorch, which takes seconds."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

WSL = "/usr/lib/wsl/lib"
"""Where Windows puts `nvidia-smi` for WSL2, which has no device nodes."""


def visible_gpus(
    environment: Mapping[str, str] = os.environ,
    devices: str | Path = "/dev",
    version: str | Path | None = None,
) -> int:
    """The GPUs of NVIDIA that PyTorch can use and CUDA_VISIBLE_DEVICES does not hide.

    Args:
        environment: with PATH, and with CUDA_VISIBLE_DEVICES where a scheduler sets it.
        devices: the folder of device nodes, `nvidia0`, `nvidia1`, …, which are counted where there
            is no `nvidia-smi`.
        version: PyTorch's `version.py`; that of the installed one if None.
    """
    cuda = _cuda_of_pytorch(Path(version) if version else _version_of_pytorch())
    there = _usable(cuda, environment, Path(devices)) if cuda else 0
    allowed = environment.get("CUDA_VISIBLE_DEVICES")
    if allowed is None:
        return there
    named = 0
    for name in allowed.split(","):
        # The driver stops at the first entry that is no GPU: "-1" and "" hide all.
        if not name.strip() or name.strip() == "-1":
            break
        named += 1
    return min(named, there)


def _usable(cuda: int, environment: Mapping[str, str], devices: Path) -> int:
    """GPUs whose driver supports a major version of CUDA."""
    path = os.pathsep.join([environment.get("PATH", ""), WSL])
    command = shutil.which("nvidia-smi", path=path)
    if command is None:
        return sum(bool(re.fullmatch(r"nvidia\d+", p.name)) for p in devices.glob("nvidia*"))
    query = [command, "-q", "-d", "COMPUTE"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0  # a driver that does not answer is of no use to PyTorch either
    count = re.search(r"Attached GPUs\s*:\s*(\d+)", done.stdout)
    driver = re.search(r"CUDA Version\s*:\s*(\d+)", done.stdout)
    if count is None or (driver and int(driver[1]) < cuda):
        return 0
    return int(count[1])


def _version_of_pytorch() -> Path | None:
    found = importlib.util.find_spec("torch")
    return Path(found.origin).with_name("version.py") if found and found.origin else None


def _cuda_of_pytorch(version: Path | None) -> int:
    """The major version of CUDA that PyTorch was built with; 0 for one that only uses the CPU."""
    text = version.read_text(encoding="utf-8") if version and version.is_file() else ""
    found = re.search(r"^cuda\b.*=\s*'(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0
