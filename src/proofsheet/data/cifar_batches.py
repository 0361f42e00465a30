"""The batches in which CIFAR is published: pickled dictionaries, read without trusting them.

A pickle can call any function of any module that is installed. These need three names, all of
NumPy's arrays; a file that asks for another is refused before anything of it is called. Even so a
batch is read only after its checksum has been compared.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
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

    Args:
        paths: batches whose checksums have been compared.
        label_key: `labels`, or `fine_labels` in CIFAR-100.

    Returns:
        x: images (n, 32, 32, 3) uint8.
        y: labels (n,) int64, of any value.

    Raises:
        ValueError: a file is not a batch, or its arrays are of another shape or type; in one line
            that names the file.
    """
    batches = [_read_batch(path, label_key) for path in paths]
    return np.concatenate([x for x, _ in batches]), np.concatenate([y for _, y in batches])


def read_names(path: Path, key: str) -> tuple[str, ...]:
    """Names of the classes from the file beside the batches.

    Raises:
        ValueError: it has no such list of texts.
    """
    names = _entry(_dictionary(path), key, path)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{path}: '{key}' is not a list of names")
    return tuple(names)


def _read_batch(path: Path, label_key: str) -> tuple[np.ndarray, np.ndarray]:
    content = _dictionary(path)
    data, labels = _entry(content, "data", path), _entry(content, label_key, path)
    pixels = int(np.prod(SIZE))
    shape = getattr(data, "shape", ())
    if type(data) is not np.ndarray or data.dtype != np.uint8 or shape[1:] != (pixels,):
        what = f"{shape} {data.dtype}" if type(data) is np.ndarray else type(data).__name__
        raise ValueError(f"{path}: 'data' is {what}, expected (n, {pixels}) uint8")
    if (
        not isinstance(labels, list)
        or len(labels) != len(data)
        or not all(type(label) is int and abs(label) < 2**31 for label in labels)
    ):
        raise ValueError(f"{path}: '{label_key}' is not a list of {len(data)} whole numbers")
    # Published are the red values of an image, then the green, then the blue.
    height, width, colors = SIZE
    x = data.reshape(-1, colors, height, width).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(x), np.array(labels, dtype=np.int64)


def _dictionary(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            # Written by Python 2, whose texts were bytes: Latin-1 keeps every one of them.
            content = _OnlyArrays(file, encoding="latin1").load()
    except Exception as error:  # a damaged pickle raises whatever its instructions run into
        reason = " ".join(f"{error}".split()) or type(error).__name__
        raise ValueError(f"{path} is not a readable batch ({reason})") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds {type(content).__name__} where a dictionary is expected")
    return content


def _entry(content: dict[str, Any], key: str, path: Path) -> Any:
    if key not in content:
        has = ", ".join(sorted(map(str, content))) or "nothing"
        raise ValueError(f"{path} has no '{key}' (it has: {has})")
    return content[key]
