"""Which datasets there are. To add one: a line here, and the module that it names.

What the module has is in `contract.py`. Nothing is imported until a dataset is asked for, so that
an edit in one dataset's module leaves the others' data as they are.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from proofsheet.jobs.errors import UserError

DATASETS = {
    "dry_bean": "proofsheet.data.dry_bean",
    "mnist": "proofsheet.data.mnist",
    "bloodmnist": "proofsheet.data.bloodmnist",
    "chest_xray": "proofsheet.data.chest_xray",
    "cifar10": "proofsheet.data.cifar10",
    "cifar100": "proofsheet.data.cifar100",
}


OTHERS = ("scipy_images", "weights")
"""What is fetched like a dataset and has no classes and no split."""


def dataset_module(name: str, weights: str = "") -> Any:
    """The module of some data, imported now; `weights`: what torchvision calls the weights."""
    module = import_module(_module_name(name))
    if name != "weights":
        return module
    return module.PretrainedWeights(weights) if weights else module.PretrainedWeights()


def module_path(name: str, source: str | Path = "src") -> str:
    """The file of that module, which is an input of the rule that prepares the dataset.

    It is imported by its name in a table, so it cannot be found from the imports of the script.
    """
    return str(Path(source, *_module_name(name).split(".")).with_suffix(".py"))


def _module_name(name: str) -> str:
    if name in OTHERS:
        return f"proofsheet.data.{name}"
    if name not in DATASETS:
        raise UserError(
            f"dataset '{name}' is unknown; allowed: {', '.join(DATASETS)};"
            " correct the name, or add it to src/proofsheet/data/registry.py"
        )
    return DATASETS[name]
