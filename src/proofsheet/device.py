"""The one place that says on what a network is trained."""

from __future__ import annotations

import torch

from proofsheet.errors import UserError


def resolve(device: str) -> torch.device:
    """The device that `config.yaml: device` names.

    Args:
        device: `auto` (a GPU if there is one), `cpu` or `cuda`.

    Raises:
        UserError: `cuda` where there is none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise UserError(
            "device: 'cuda', but PyTorch sees no GPU here; allowed: auto, cpu, cuda"
            " – set `device: auto` in config.yaml or run where there is a GPU"
        )
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(device)
