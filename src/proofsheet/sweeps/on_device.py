"""Where the runs that use PyTorch are trained."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from proofsheet.jobs.device import make_deterministic, on_gpu, resolve
from proofsheet.sweeps.runs import Common


def device_of(common: Common) -> torch.device:
    """The device that the configuration names, made deterministic if it is a GPU."""
    device = resolve(common.device)
    if on_gpu(device):  # a CPU is deterministic, and the switch imports a compiler for 4 s
        make_deterministic()
    return device


def to_device(*arrays: np.ndarray, device: torch.device) -> tuple[Tensor, ...]:
    """Arrays as tensors on the device."""
    return tuple(torch.from_numpy(np.ascontiguousarray(a)).to(device) for a in arrays)
