"""CIFAR's archives in small: batches pickled as Python 2 did, tars with anything in them."""

import bz2
import gzip
import io
import lzma
import pickle
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy._core.multiarray import _reconstruct

from proofsheet.data.cifar import Cifar
from unit.data.images import labelled_images


class _Old(pickle.Pickler):
    """Arrays without the types that Python 2 did not have."""

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray) or value.dtype == object:
            return NotImplemented
        state = (1, value.shape, value.dtype, False, value.tobytes().decode("latin1"))
        return _reconstruct, (np.ndarray, (0,), "b"), state


def pickled(value: Any) -> bytes:
    """As the publisher pickled: protocol 2, NumPy's modules under their old name."""
    file = io.BytesIO()
    _Old(file, protocol=2).dump(value)
    return file.getvalue().replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")


class Calls:
    """Pickled, it is a call of a function."""

    def __init__(self, function, *arguments) -> None:
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def small(dataset: Cifar, train: int, test: int) -> Cifar:
    """The same dataset with few images of each class."""
    return replace(dataset, per_class={"train": train, "test": test}, standin_images=600)


def planes(x: np.ndarray) -> np.ndarray:
    """Images (n, 32, 32, 3) as the rows of a batch (n, 3072): red, green, blue."""
    return x.transpose(0, 3, 1, 2).reshape(len(x), -1)


def members_of(
    dataset: Cifar,
) -> tuple[dict[str, bytes], dict[str, tuple[np.ndarray, np.ndarray]]]:
    """The files of its archive, and images and labels of train and test."""
    names = dataset.INFO.class_names
    files, parts = {}, {}
    for seed, (part, batches) in enumerate((("train", dataset.train), ("test", dataset.test))):
        x, y = labelled_images((32, 32, 3), [dataset.per_class[part]] * len(names), seed)
        parts[part] = x, y
        for name, rows in zip(
            batches, np.array_split(np.arange(len(y)), len(batches)), strict=True
        ):
            content = {"data": planes(x[rows]), dataset.label_key: y[rows].tolist()}
            files[f"{dataset.folder}/{name}"] = pickled(content)
    files[f"{dataset.folder}/{dataset.meta}"] = pickled({dataset.names_key: list(names)})
    return files, parts


def tar(members: Mapping[str, bytes | tarfile.TarInfo], kind: str = "gz") -> bytes:
    """A compressed tar; a member may be a header of its own, such as a link's."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, body in members.items():
            if isinstance(body, tarfile.TarInfo):
                archive.addfile(body)
            else:
                header = tarfile.TarInfo(name)
                header.size = len(body)
                archive.addfile(header, io.BytesIO(body))
    # The same bytes in the next second, too: their checksum is compared.
    packed = {
        "": bytes,
        "gz": partial(gzip.compress, mtime=0),
        "bz2": bz2.compress,
        "xz": lzma.compress,
    }
    return packed[kind](file.getvalue())
