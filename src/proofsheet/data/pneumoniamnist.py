"""PneumoniaMNIST at 224×224: the radiographs of `chest_xray` as MedMNIST publishes them.

Real data that need no account: center-cropped and gray, with the same 624 test images. File names
are gone, and with them the patients.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from proofsheet.data.contract import Divided, Found, from_mirror
from proofsheet.data.medmnist_files import HOST, fetch, read_archive
from proofsheet.data.publisher_splits import separated
from proofsheet.data.sources.client import ask
from proofsheet.data.sources.mirror import Entry

NAME = "medmnist"
"""Of this source, in `source.json`."""

FILE = "pneumoniamnist_224.npz"
SIDE = 224
COUNTS = {"train": (1214, 3494), "val": (135, 389), "test": (234, 390)}
"""Normal images and such with pneumonia: 4,708, 524 and 624."""

NOTE = (
    "MedMNIST's copy (PneumoniaMNIST) of the same radiographs: center-cropped, gray, 224×224; the"
    " files name no patients, so the split of training and validation is MedMNIST's, and images of"
    " one patient may lie on both sides"
)
UNKNOWN_KIND = 3
"""Pneumonia of which MedMNIST does not say whether bacteria or viruses caused it."""


def official(workspace: Path) -> Found:
    """Through `medmnist`, which compares MD5."""

    def client() -> Found:
        path, record = fetch("pneumoniamnist", SIDE, workspace)
        arrays = read_archive(path, (SIDE, SIDE), COUNTS)
        return Found(arrays, [record], official=False, note=NOTE)

    what = f"PneumoniaMNIST by medmnist from {HOST}"
    return ask(client, what, deadline=1200.0)


def mirror(entry: Entry, name: str) -> Found:
    """The file `name` of a mirror."""
    read = lambda: read_archive(entry.file(name), (SIDE, SIDE), COUNTS)  # noqa: E731
    return replace(from_mirror(entry, read, name), official=False, note=NOTE)


def divide(found: Found) -> Divided:
    """As MedMNIST divides them, each image counted as a patient of its own.

    `patients_known` says that the numbers of patients are therefore numbers of images.
    """
    divided = separated(found.arrays, {"split": "MedMNIST's own"})
    first = 0
    for part in divided.parts.values():
        part["patient"] = np.arange(first, first + len(part["y"]))
        part["kind"] = (UNKNOWN_KIND * part["y"]).astype(np.uint8)
        first += len(part["y"])
    counted = {
        "patients_known": False,
        "patients": {name: len(part["y"]) for name, part in divided.parts.items()},
        "patients_in_train_and_val": 0,
        "numbers_in_test_and_train": 0,
        "same_number_and_kind": 0,
    }
    return Divided(divided.parts, {**divided.facts, **counted})
