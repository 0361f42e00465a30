"""The one place that says on what a network is trained, and how its products are computed."""

from __future__ import annotations

import os

import torch

from proofsheet.jobs.errors import UserError


def set_up(name: str) -> torch.device:
    """The device that `config.yaml: device` names, deterministic and with fast products.

    Raises:
        UserError: as `resolve`.
    """
    device = resolve(name)
    if on_gpu(device):  # a CPU is deterministic, and the switch imports a compiler for 4 s
        make_deterministic()
    else:
        # Products by oneDNN, twice as fast on AMD as MKL's, with the same error (2.5e-7).
        torch.set_float32_matmul_precision("medium")
    return device


def resolve(device: str) -> torch.device:
    """The device that `config.yaml: device` names.

    A GPU is the first of those that CUDA_VISIBLE_DEVICES, hence a scheduler, lets this job see.

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


def on_gpu(device: torch.device) -> bool:
    """Is it a GPU?"""
    return device.type == "cuda"


def described(device: torch.device) -> str:
    """What a report calls it: `cpu`, or a GPU by its maker's name."""
    return torch.cuda.get_device_name(device) if on_gpu(device) else device.type


def make_deterministic() -> None:
    """The same seed gives the same network, on a GPU too, unless `config.yaml` prefers speed.

    The workflow hands `config.yaml: deterministic` on in PROOFSHEET_DETERMINISTIC.
    """
    if os.environ.get("PROOFSHEET_DETERMINISTIC", "1") == "0":
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    # Else every new tensor is filled before it is written: a pass over the memory for each result.
    torch.utils.deterministic.fill_uninitialized_memory = False


def bfloat16_is_fast(device: torch.device) -> bool:
    """Has a CPU instructions for products in bfloat16?

    With AVX-512 alone convolutions were then two to five times as fast as in float32 (two cores of
    AMD EPYCs, 510 to 590 against 117 to 250 GFLOP/s), with tiles (AMX) ten times; without either
    they are slower.
    """
    fast = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return device.type == "cpu" and fast


def mixed_precision(device: torch.device) -> bool:
    """Is bfloat16 faster than float32 here? On GPUs that have it, and on some CPUs."""
    if on_gpu(device):
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return bfloat16_is_fast(device)
