"""What a dataset's module has, so that the rest of the package can carry any dataset.

A module of a dataset, listed in `registry.DATASETS`, defines

    INFO                           what the dataset is
    HOST                           URL that answers when its client can be used; asked once, briefly
    official(workspace)            its own client
    mirror(entry, workspace)       the verified files of a mirror
    standin(seed)                  generated or bundled, without any network
    divide(found, seed)            into the parts that are written, one `.npz` each
    hindrance()                    optional: why `official` cannot be asked, known without a network
    FALLBACKS                      optional: other real sources with `NAME`, `HOST` and
                                   `official`, which `auto` takes before the stand-in

and imports heavy clients inside these functions. `workspace` is a folder for temporary files; it
is gone when the parts have been written. Arrays may be of any type and shape: float features
(n, 16), uint8 images (n, 28, 28, 3), memory maps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from proofsheet.data.sources.mirror import Entry
from proofsheet.jobs.errors import UserError


@dataclass(frozen=True)
class Info:
    """What a dataset is, wherever it comes from."""

    title: str
    version: str
    licence: str
    citation: str
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a source gave, and what the PDF has to say about it.

    Attributes:
        arrays: by name; `x` (n, …) and `y` (n,) of a classification dataset, and whatever else
            `divide` needs, such as the publisher's own split or the patient of each image.
        files: one record for each file: `name`, `bytes`, `sha256` (or `md5`), and in `verified`
            against what its checksum or content was compared.
        official: the bytes are the publisher's own.
        note: how this differs from the original, in a sentence for the reader of the PDF.
        licence: where it is not that of the original.
        tried: hosts that `auto` asked before and that answered and gave nothing.
    """

    arrays: Mapping[str, np.ndarray]
    files: list[dict[str, Any]]
    official: bool
    note: str = ""
    licence: str = ""
    tried: tuple[str, ...] = ()


def from_mirror(entry: Entry, read: Callable[[], Mapping[str, np.ndarray]], *names: str) -> Found:
    """What a mirror gives.

    Args:
        read: the arrays in the files, once their checksums have been compared.

    Raises:
        UserError: the files are not as published; `read` says so by a ValueError.
    """
    try:
        arrays = read()
    except ValueError as error:
        raise UserError(f"{error}; put the published files into the mirror") from None
    records = [entry.record(name) for name in names]
    return Found(arrays, records, entry.official, entry.note, entry.licence)


@dataclass(frozen=True)
class Divided:
    """The parts that are written, and what `source.json` says about how they came about.

    Attributes:
        parts: arrays by name by part, such as `{"train": {"x": …, "y": …}, …}`.
        facts: entries of `source.json`, such as `duplicates_removed`.
    """

    parts: Mapping[str, Mapping[str, np.ndarray]]
    facts: Mapping[str, Any] = field(default_factory=dict)
