"""CIFAR-10 and MNIST by torchvision, for a notebook beside which the workflow has not run."""

from __future__ import annotations

import numpy as np

from proofsheet.data.splits import stratified_split
from proofsheet.notebooks.workflow_results import divided, drawn, prepared, published


def official_cifar10():
    """CIFAR-10 by torchvision, divided as in the report, or noise where there is no network."""
    from torchvision.datasets import CIFAR10

    return by_torchvision(CIFAR10, (32, 32, 3), (0.9, 0.1), numbered=True)


def official_mnist():
    """MNIST by torchvision, divided as in the report, or noise where there is no network."""
    from torchvision.datasets import MNIST

    return by_torchvision(MNIST, (28, 28), (5 / 6, 1 / 6))


def published_mnist():
    """MNIST as it is published: the rows of the report, else by torchvision, else noise."""
    return published(prepared("mnist") or official_mnist())


def by_torchvision(dataset, shape, shares, numbered=False, seed=0):
    """Its training images, divided by these shares and perhaps numbered, and its test images."""
    try:
        parts = [dataset(".", train=train, download=True) for train in (True, False)]
    except (OSError, RuntimeError) as error:
        return drawn(shape, 10, f"torchvision cannot fetch {dataset.__name__} ({error})")
    whole, test = ({"x": np.asarray(p.data), "y": np.asarray(p.targets)} for p in parts)
    if numbered:
        whole["index"] = np.arange(len(whole["y"]))
    rows = map(np.sort, stratified_split(whole["y"], shares, seed))
    split = {
        name: {key: values[index] for key, values in whole.items()}
        for name, index in zip(("train", "val"), rows, strict=True)
    }
    return divided(split | {"test": test}, parts[0].classes)
