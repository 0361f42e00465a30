"""What Snakemake and scripts/train.py do, on the data of a test."""

import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from proofsheet import checks
from proofsheet.data import dataset
from proofsheet.data.dataset import Dataset
from proofsheet.jobs import script
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


class Files(dict):
    """Named files, as `input.name` and `input["name"]`."""

    __getattr__ = dict.__getitem__


def perform(
    path: Path,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    data: Any = None,
    **params: Any,
) -> None:
    """Run a script as Snakemake would; its data are `data`. `derivation_tests` runs the checks."""
    snakemake = SimpleNamespace(
        input=Files(inputs), output=Files(outputs), params=SimpleNamespace(**params), threads=1,
        log=[], rule=path.stem,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script, "set_threads", lambda threads: None)
        patch.setattr(checks, "run_checks", lambda found: [{"id": check.id} for check in found])
        if data is not None:
            patch.setattr(dataset, "load", lambda folder: data)
        runpy.run_path(str(path), init_globals={"snakemake": snakemake})
    torch.use_deterministic_algorithms(False)
