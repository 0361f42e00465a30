"""MNIST: 70,000 handwritten digits of 28×28 pixels, 10,000 of them for testing.

The publisher has no validation images; 10,000 are drawn out of the 60,000 for training. The test
images are never touched.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from proofsheet.data.contract import Divided, Found, Info, from_mirror
from proofsheet.data.mnist_files import read_idx
from proofsheet.data.publisher_splits import divided_noise, held_out, joined, verified_images
from proofsheet.data.sources.client import ask
from proofsheet.data.sources.mirror import Entry

COUNTS = {
    "train": (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
    "test": (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
}
"""Images of each digit in the published data: 60,000 and 10,000."""

INFO = Info(
    title="MNIST",
    version="the four files of Yann LeCun's page",
    licence="CC BY-SA 3.0 (as usually stated)",
    citation="LeCun, Bottou, Bengio and Haffner (1998), doi:10.1109/5.726791",
    class_names=tuple("0123456789"),
)

SIZE = (28, 28)
FILES = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}
UNPACKED_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
"""Of what is in the four published files, as torchvision keeps it in `MNIST/raw`."""

VALIDATION = 1 / 6
"""Share of the training images that becomes the validation part: 10,000 of 60,000."""

STANDIN_DIGITS = 2000
HOST = "https://ossci-datasets.s3.amazonaws.com/mnist/"
"""Where torchvision asks first; known here because importing torchvision takes seconds."""


def official(workspace: Path) -> Found:
    """Through `torchvision`, which asks its mirrors in turn and compares MD5."""

    def client() -> Found:
        from torchvision.datasets import MNIST

        folder = mkdtemp(dir=workspace)  # its own, should an attempt before still be writing
        parts, records = {}, []
        for part in FILES:
            digits = MNIST(folder, train=part == "train", download=True)
            x, y = digits.data.numpy(), digits.targets.numpy()
            parts[part] = verified_images(x, y, SIZE, COUNTS[part], f"MNIST, {part}")
        for name, md5 in MNIST.resources:
            size = (Path(digits.raw_folder) / name).stat().st_size
            record = {"name": name, "bytes": size, "md5": md5, "verified": "md5 of torchvision"}
            records.append(record)
        return Found(joined(parts), records, official=True)

    what = f"MNIST by torchvision from {HOST}"
    return ask(client, what, deadline=600.0)


def mirror(entry: Entry, workspace: Path) -> Found:
    """The four IDX files of a mirror, packed or not, under any of their usual names."""
    names = {
        part: [entry.find(*usual_names(name)) or name for name in files]
        for part, files in FILES.items()
    }

    def read(part: str) -> tuple[np.ndarray, np.ndarray]:
        images, labels = map(entry.file, names[part])
        counts = COUNTS[part]
        x, y = read_idx(images, (sum(counts), *SIZE)), read_idx(labels, (sum(counts),))
        return verified_images(x, y, SIZE, counts, str(labels))

    used = [name for files in names.values() for name in files]
    return from_mirror(entry, lambda: joined({part: read(part) for part in FILES}), *used)


def usual_names(name: str) -> list[str]:
    """Names under which people have a file: with a dot for the hyphen, unpacked, or both."""
    packed = [name, name.replace("-idx", ".idx")]
    return [*packed, *(other.removesuffix(".gz") for other in packed)]


def standin(seed: int) -> Found:
    """Noise that depends on the digit."""
    counts = np.add(COUNTS["train"], COUNTS["test"])
    return divided_noise(counts, STANDIN_DIGITS, SIZE, {"train": 6 / 7, "test": 1 / 7}, seed)


def divide(found: Found, seed: int) -> Divided:
    """One sixth of the training images for validation, stratified; the test images as they are."""
    return held_out(found.arrays, VALIDATION, "one sixth", seed)
