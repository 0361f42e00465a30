"""MNIST in a notebook: the published files, torchvision, or the digits of scikit-learn."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import numpy as np

from proofsheet.data.mnist_files import read_idx
from proofsheet.data.standins.digits import digits


def mnist_files():
    """From a mirror (the folder in `PROOFSHEET_MIRROR`) or beside the notebook; None if neither."""
    for folder in (Path(os.environ.get("PROOFSHEET_MIRROR") or ".", "mnist"), Path(".")):
        if (folder / "train-images-idx3-ubyte.gz").exists():
            # Copies: PyTorch warns of arrays that cannot be written, as those of a file are.
            return [
                (
                    read_idx(folder / f"{part}-images-idx3-ubyte.gz", (count, 28, 28)).copy(),
                    read_idx(folder / f"{part}-labels-idx1-ubyte.gz", (count,)).astype(np.int64),
                )
                for part, count in (("train", 60_000), ("t10k", 10_000))
            ]
    return None


def mnist_official():
    """By torchvision, which compares checksums; None if the host cannot be reached."""
    try:
        socket.create_connection(("ossci-datasets.s3.amazonaws.com", 443), timeout=5).close()
        from torchvision.datasets import MNIST

        parts = [MNIST("mnist", train=train, download=True) for train in (True, False)]
    except Exception as error:
        print(f"torchvision cannot get MNIST ({error}).")
        return None
    return [(part.data.numpy(), part.targets.numpy()) for part in parts]


def load_mnist(seed):
    """Images (n, 28, 28) uint8 and labels (n,) int64, for training and for testing."""
    for found in (mnist_files, mnist_official):
        if parts := found():
            return parts
    print("NOT THE REAL DATA: small digits of scikit-learn in the place of MNIST.")
    images, labels = digits()
    order = np.random.default_rng(seed).permutation(len(labels))
    cut = len(order) // 7
    return [(images[rows], labels[rows]) for rows in (order[cut:], order[:cut])]
