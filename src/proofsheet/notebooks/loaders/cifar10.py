"""CIFAR-10 in a notebook: the published batches, each verified, or drawn objects.

A notebook stands alone, without the manifest of a mirror or the client's list. So the checksums of
the publisher are written down here, and no batch is read before its own has been compared.
"""

from __future__ import annotations

import hashlib
import os
import socket
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from proofsheet.data.cifar_batches import read_images
from proofsheet.data.standins.objects import simulate

FOLDER = "cifar-10-batches-py"
MD5 = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
"""Of the publisher's batches, the last one being for testing."""

Images = tuple[np.ndarray, np.ndarray]
"""Bytes (n, 32, 32, 3) and labels (n,)."""


def load_cifar10(drawn: int, seed: int) -> tuple[Images, Images]:
    """Training and test images; without a source `drawn` objects, a sixth of them for testing."""
    if found := published_images():
        return found
    print("NOT THE REAL DATA: these objects are drawn.")
    images, labels = simulate(drawn, 10, seed)
    cut = len(images) // 6
    return (images[cut:], labels[cut:]), (images[:cut], labels[:cut])


def published_images() -> tuple[Images, Images] | None:
    """Training and test images from the mirror, else by torchvision; None without either."""
    return mirrored_images() or downloaded_images()


def mirrored_images() -> tuple[Images, Images] | None:
    """Those of the archive in the folder that `PROOFSHEET_MIRROR` names."""
    folder = Path(os.environ.get("PROOFSHEET_MIRROR") or "no mirror") / "cifar10"
    for archive in sorted(folder.glob("cifar-10-python.tar*")):
        print(f"Read from {archive.name}.")
        with tempfile.TemporaryDirectory() as place, tarfile.open(archive) as packed:
            # Plain files of the expected names, and nothing that leads out of the folder.
            wanted = (m for m in packed if m.isreg() and m.name in {f"{FOLDER}/{n}" for n in MD5})
            packed.extractall(place, wanted, filter="data")
            return verified_images(Path(place) / FOLDER)
    return None


def downloaded_images() -> tuple[Images, Images] | None:
    """Those that torchvision fetches, if the publisher's host can be reached."""
    try:
        socket.create_connection(("www.cs.toronto.edu", 443), timeout=5).close()
        from torchvision.datasets import CIFAR10

        CIFAR10(".", download=True)
    except Exception as error:
        print(f"torchvision cannot fetch it ({error}).")
        return None
    return verified_images(Path(FOLDER))


def verified_images(folder: Path) -> tuple[Images, Images]:
    """Training and test images from unpacked batches.

    Raises:
        ValueError: a batch is missing or is not the publisher's; nothing of any has been read then.
    """
    for name, expected in MD5.items():
        path = folder / name
        if not path.is_file():
            raise ValueError(f"{path} is missing; put the published archive into its place")
        found = hashlib.md5(path.read_bytes()).hexdigest()
        if found != expected:
            raise ValueError(f"{path} is not the publisher's: its md5 is {found}, not {expected}")
    *train, test = (folder / name for name in MD5)
    return read_images(train, "labels"), read_images([test], "labels")
