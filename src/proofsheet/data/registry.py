"""Which datasets there are. To add one: a line here, and the module that it names.

What the module has is in `contract.py`. Nothing is imported until a dataset is asked for, so that
an edit in one dataset's module leaves the others' data as they are.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from proofsheet.jobs.errors import UserError

if TYPE_CHECKING:
    from proofsheet.data.contract import DatasetModule

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


def dataset_module(name: str) -> DatasetModule:
    """The module of one dataset, imported now."""
    return cast("DatasetModule", import_module(_module_name(name)))


def source_module(name: str) -> Any:
    """What can fetch some data: the module of a dataset, of SciPy's images or of the weights."""
    if name == "weights":
        return import_module("proofsheet.data.weights").PretrainedWeights()
    if name == "scipy_images":
        return import_module("proofsheet.data.scipy_images")
    return dataset_module(name)


def module_path(name: str, source: str | Path = "src") -> str:
    """The file of that module, which is an input of the rule that prepares the dataset.

    It is imported by its name in a table, so it cannot be found from the imports of the script.
    """
    return str(Path(source, *_module_name(name).split(".")).with_suffix(".py"))


def _module_name(name: str) -> str:
    if name not in DATASETS:
        raise UserError(
            f"dataset '{name}' is unknown; allowed: {', '.join(DATASETS)};"
            " correct the name, or add it to src/proofsheet/data/registry.py"
        )
    return DATASETS[name]
