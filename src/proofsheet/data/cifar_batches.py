"""The batches in which CIFAR is published: pickled dictionaries, read without trusting them.

A pickle can call any function of any module that is installed. These need three names, all of
NumPy's arrays; a file that asks for another is refused before anything of it is called. Even so a
batch is read only after its checksum has been compared.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy._core.multiarray import _reconstruct

SIZE = (32, 32, 3)
"""Rows, columns and colors of an image."""

_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,  # as NumPy named it in 2009
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class _OnlyArrays(pickle.Unpickler):
    """Dictionaries, lists, texts, numbers and arrays; nothing that could act."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no batch needs")
        return _ALLOWED[module, name]

    def persistent_load(self, pid: Any) -> Any:
        raise pickle.UnpicklingError("it refers to something outside the file")


def read_images(paths: Sequence[Path], label_key: str) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of several batches, one after the other.

    Returns:
        x: images (n, 32, 32, 3) uint8.
        y: labels (n,), of any value.

    Raises:
        ValueError: a file is not a batch; in one line that names it.
    """

    def planes(held: Any) -> tuple[np.ndarray, np.ndarray]:
        # Published are the red values of an image, then the green, then the blue.
        return held["data"].reshape(-1, 3, 32, 32), np.ravel(held[label_key])

    batches = [_read(path, planes) for path in paths]
    x = np.concatenate([data for data, _ in batches]).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(x), np.concatenate([labels for _, labels in batches])


def read_names(path: Path, key: str) -> tuple[str, ...]:
    """Names of the classes from the file beside the batches.

    Raises:
        ValueError: it has none.
    """
    return _read(path, lambda held: tuple(held[key]))


def _read(path: Path, use: Callable[[Any], Any]) -> Any:
    """What `use` makes of the dictionary in a file."""
    try:
        with path.open("rb") as file:
            # Written by Python 2, whose texts were bytes: Latin-1 keeps every one of them.
            return use(_OnlyArrays(file, encoding="latin1").load())
    except Exception as error:  # a damaged pickle raises whatever its instructions run into
        reason = " ".join(f"{error}".split()) or type(error).__name__
        raise ValueError(f"{path} is not a readable batch ({reason})") from None
