"""CIFAR-10 and MNIST by torchvision, for a notebook beside which the workflow has not run."""

from __future__ import annotations

import numpy as np

from proofsheet.data.splits import stratified_split
from proofsheet.notebooks.workflow_results import divided, drawn, prepared, published


def official_cifar10():
    """CIFAR-10 by torchvision, divided as in the report, or noise where there is no network."""
    from torchvision.datasets import CIFAR10

    return by_torchvision(CIFAR10, (32, 32, 3), (0.9, 0.1))


def official_mnist():
    """MNIST by torchvision, divided as in the report, or noise where there is no network."""
    from torchvision.datasets import MNIST

    return by_torchvision(MNIST, (28, 28), (5 / 6, 1 / 6))


def published_mnist():
    """MNIST as it is published: the rows of the report, else by torchvision, else noise."""
    if data := prepared("mnist"):
        return published(data)
    from torchvision.datasets import MNIST

    try:
        train, test = (MNIST(".", train=train, download=True) for train in (True, False))
    except (OSError, RuntimeError) as error:
        return published(drawn((28, 28), 10, f"torchvision cannot fetch MNIST ({error})"))
    parts = {"train": train, "val": test, "test": test}
    return divided(
        {name: {"x": np.asarray(p.data), "y": np.asarray(p.targets)} for name, p in parts.items()},
        train.classes,
    )


def by_torchvision(dataset, shape, shares, seed=0):
    """Its training images, divided by these shares, and its test images."""
    try:
        parts = [dataset(".", train=train, download=True) for train in (True, False)]
    except (OSError, RuntimeError) as error:
        return drawn(shape, 10, f"torchvision cannot fetch {dataset.__name__} ({error})")
    (x, y), test = ((np.asarray(part.data), np.asarray(part.targets)) for part in parts)
    rows = map(np.sort, stratified_split(y, shares, seed))
    split = {
        name: {"x": x[index], "y": y[index], "index": index}
        for name, index in zip(("train", "val"), rows, strict=True)
    }
    return divided(split | {"test": dict(zip("xy", test, strict=True))}, parts[0].classes)
