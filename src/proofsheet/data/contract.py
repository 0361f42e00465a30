"""What a dataset's module has, so that the rest of the package can carry any dataset.

A module of a dataset, listed in `registry.DATASETS`, defines

    INFO                           what the dataset is
    official(workspace)            its own client
    mirror(entry, workspace)       the verified files of a mirror
    standin(seed)                  generated or bundled, without any network
    divide(found, seed)            into the parts that are written, one `.npz` each
    hindrance()                    optional: why `official` cannot be asked, known without a network
    FALLBACKS                      optional: other real sources with `NAME`, `official_host` and
                                   `official`, which `auto` takes before the stand-in

and imports heavy clients inside these functions. `workspace` is a folder for temporary files; it
is gone when the parts have been written. Arrays may be of any type and shape: float features
(n, 16), uint8 images (n, 28, 28, 3), memory maps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from proofsheet.data.sources.mirror import Entry


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


def origin(name: str, info: Info, used: str, requested: str, found: Found) -> dict[str, Any]:
    """What every `source.json` says of where its arrays come from.

    Args:
        name: of the dataset.
        used, requested: sources.
    """
    return {
        "dataset": name,
        "title": info.title,
        "version": info.version,
        "source": used,
        "requested": requested,
        "official": found.official,
        "standin": used == "standin",
        "note": found.note,
        "licence": found.licence or info.licence,
        "citation": info.citation,
        "tried": found.tried,
        "files": found.files,
    }


@dataclass(frozen=True)
class Divided:
    """The parts that are written, and what `source.json` says about how they came about.

    Attributes:
        parts: arrays by name by part, such as `{"train": {"x": …, "y": …}, …}`.
        facts: entries of `source.json`, such as `duplicates_removed`.
    """

    parts: Mapping[str, Mapping[str, np.ndarray]]
    facts: Mapping[str, Any] = field(default_factory=dict)


class DatasetModule(Protocol):
    """The contract, for type checkers and readers."""

    INFO: Info

    def official_host(self) -> str:
        """URL that answers when the official source can be reached; asked once, briefly."""

    def official(self, workspace: Path) -> Found: ...

    def mirror(self, entry: Entry, workspace: Path) -> Found: ...

    def standin(self, seed: int) -> Found: ...

    def divide(self, found: Found, seed: int) -> Divided: ...
