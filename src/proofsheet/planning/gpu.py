"""Is there a GPU that PyTorch can use? Without importing it, which takes seconds."""

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


def gpu_is_usable(
    environment: Mapping[str, str] = os.environ,
    devices: str | Path = "/dev",
    version: str | Path | None = None,
) -> bool:
    """Is there a GPU of NVIDIA with a driver for PyTorch, which CUDA_VISIBLE_DEVICES does not hide?

    Args:
        environment: with PATH, and with CUDA_VISIBLE_DEVICES where a scheduler sets it.
        devices: the folder of device nodes, `nvidia0`, `nvidia1`, …, which are looked for where
            there is no `nvidia-smi`.
        version: PyTorch's `version.py`; that of the installed one if None.
    """
    cuda = _cuda_of_pytorch(Path(version) if version else _version_of_pytorch())
    # The driver stops at the first entry that is no GPU: "-1" and "" hide all.
    first = environment.get("CUDA_VISIBLE_DEVICES", "all").split(",")[0].strip()
    if not cuda or first in ("", "-1"):
        return False
    path = os.pathsep.join([environment.get("PATH", ""), WSL])
    command = shutil.which("nvidia-smi", path=path)
    if command is None:
        return any(Path(devices).glob("nvidia[0-9]*"))
    query = [command, "-q", "-d", "COMPUTE"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return False  # a driver that does not answer is of no use to PyTorch either
    driver = re.search(r"CUDA Version\s*:\s*(\d+)", done.stdout)
    attached = re.search(r"Attached GPUs\s*:\s*[1-9]", done.stdout)
    return attached is not None and not (driver and int(driver[1]) < cuda)


def _version_of_pytorch() -> Path | None:
    found = importlib.util.find_spec("torch")
    return Path(found.origin).with_name("version.py") if found and found.origin else None


def _cuda_of_pytorch(version: Path | None) -> int:
    """The major version of CUDA that PyTorch was built with; 0 for one that only uses the CPU."""
    text = version.read_text(encoding="utf-8") if version and version.is_file() else ""
    found = re.search(r"^cuda\b.*=\s*'(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0
