"""CIFAR-10: 60,000 photographs of objects of ten classes, 10,000 of them for testing."""

from __future__ import annotations

from proofsheet.data.cifar import CITATION, Cifar
from proofsheet.data.contract import Info

CIFAR10 = Cifar(
    INFO=Info(
        title="CIFAR-10",
        version="the batches for Python of Alex Krizhevsky's page",
        licence="none stated by the publisher",
        citation=CITATION,
        class_names=(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck",
        ),
    ),
    client="CIFAR10",
    archive="cifar-10-python.tar",
    folder="cifar-10-batches-py",
    train=tuple(f"data_batch_{number}" for number in range(1, 6)),
    test=("test_batch",),
    meta="batches.meta",
    names_key="label_names",
    label_key="labels",
    per_class={"train": 5000, "test": 1000},
    standin_images=6000,
)

# What `contract.py` asks of a dataset's module.
INFO = CIFAR10.INFO
HOST, official, mirror = CIFAR10.HOST, CIFAR10.official, CIFAR10.mirror
standin, divide = CIFAR10.standin, CIFAR10.divide
