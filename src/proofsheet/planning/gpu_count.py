"""How many GPUs this machine lets a run use, without importing PyTorch, which takes seconds."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path


def visible_gpus(environment: Mapping[str, str] = os.environ, devices: str | Path = "/dev") -> int:
    """The GPUs of NVIDIA's driver that CUDA_VISIBLE_DEVICES does not hide.

    Args:
        environment: where a scheduler sets CUDA_VISIBLE_DEVICES.
        devices: the folder of device nodes, `nvidia0`, `nvidia1`, ….
    """
    there = [p for p in Path(devices).glob("nvidia*") if re.fullmatch(r"nvidia\d+", p.name)]
    allowed = environment.get("CUDA_VISIBLE_DEVICES")
    if allowed is None:
        return len(there)
    named = 0
    for name in allowed.split(","):
        # The driver stops at the first entry that is no GPU: "-1" and "" hide all.
        if not name.strip() or name.strip() == "-1":
            break
        named += 1
    return min(named, len(there))
