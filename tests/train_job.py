"""What scripts/train.py does, on the data of a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from proofsheet.data.dataset import Dataset
from proofsheet.jobs.atomic_files import write_arrays, write_json


def train_job(
    function: Callable[..., Any], data: Dataset, outputs: Mapping[str, Path], **given: Any
) -> None:
    """Train on the CPU and write `metrics` and, where they are wanted, `arrays`."""
    data = data.divided(given.pop("split", "prepared"), given.get("seed", 0))
    metrics, arrays = function(data, torch.device("cpu"), **given)
    write_json(outputs["metrics"], {"device": "cpu"} | metrics)
    if "arrays" in outputs:
        write_arrays(outputs["arrays"], **arrays)
