"""CIFAR-10 in a notebook: the published batches, torchvision, or drawn objects."""

from __future__ import annotations

import os
import socket
import tarfile
import tempfile
from pathlib import Path

from proofsheet.data.cifar_batches import read_images
from proofsheet.data.objects_standin import simulate


def cifar10_batches(folder):
    """Training and test images from the published batches."""
    paths = [folder / f"data_batch_{number}" for number in range(1, 6)]
    return read_images(paths, "labels"), read_images([folder / "test_batch"], "labels")


def cifar10_files():
    """From the archive in a mirror (the folder in `PROOFSHEET_MIRROR`); None if there is none."""
    folder = Path(os.environ.get("PROOFSHEET_MIRROR") or "no mirror") / "cifar10"
    for archive in sorted(folder.glob("cifar-10-python.tar*")):
        print(f"Read from {archive.name}.")
        with tempfile.TemporaryDirectory() as place, tarfile.open(archive) as packed:
            packed.extractall(place, filter="data")
            return cifar10_batches(Path(place) / "cifar-10-batches-py")
    return None


def cifar10_official():
    """By torchvision, which compares the checksum; None if the host cannot be reached."""
    try:
        socket.create_connection(("www.cs.toronto.edu", 443), timeout=5).close()
        from torchvision.datasets import CIFAR10

        CIFAR10(".", download=True)
    except Exception as error:
        print(f"torchvision cannot fetch it ({error}).")
        return None
    return cifar10_batches(Path("cifar-10-batches-py"))


def load_cifar10(drawn, seed):
    """Images (n, 32, 32, 3) uint8 and labels (n,) int64, for training and for testing.

    Without any source `drawn` objects stand in, a sixth of them for testing.
    """
    for found in (cifar10_files, cifar10_official):
        if parts := found():
            return parts
    print("NOT THE REAL DATA: these objects are drawn.")
    images, labels = simulate(drawn, 10, seed)
    cut = len(images) // 6
    return (images[cut:], labels[cut:]), (images[:cut], labels[:cut])
