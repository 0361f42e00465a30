"""Files of MedMNIST: fetched by `medmnist`, read and verified here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from proofsheet.data.dataset import PARTS
from proofsheet.data.publisher_splits import joined, verified_images

HOST = "https://zenodo.org"
"""Where medmnist asks; known here because importing medmnist takes seconds."""


def fetch(flag: str, side: int, workspace: Path) -> tuple[Path, dict[str, Any]]:
    """Download one file of MedMNIST, whose MD5 the client compares.

    Args:
        flag: the client's name of the dataset, such as `bloodmnist`.
        side: pixels of the images, 28 or 224.

    Returns:
        The file, and what `source.json` says about it.
    """
    import medmnist

    info = medmnist.INFO[flag]
    folder = mkdtemp(dir=workspace)  # its own, should an attempt before still be writing
    try:
        client = getattr(medmnist, info["python_class"])
        client(split="test", download=True, root=folder, size=side)
    except RuntimeError as error:
        # The client answers every failure with the same advice; the reason is behind it.
        raise (error.__context__ or error) from None
    suffix = "" if side == 28 else f"_{side}"
    path = Path(folder, f"{flag}{suffix}.npz")
    return path, {
        "name": path.name,
        "bytes": path.stat().st_size,
        "md5": info[f"MD5{suffix}"],
        "verified": "md5 of medmnist",
    }


def read_archive(
    path: Path, size: tuple[int, ...], counts: Mapping[str, Sequence[int]]
) -> dict[str, np.ndarray]:
    """`x`, `y` and `part` from a published archive.

    Raises:
        ValueError: an array is missing, or is not as published; names the file.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:  # pickled objects are refused
            arrays = {name: archive[name] for name in archive.files}
    except Exception as error:  # a damaged archive fails in zip, in a header or in between
        raise ValueError(f"{path} is not a readable .npz ({error})") from None
    wanted = [f"{part}_{what}" for part in PARTS for what in ("images", "labels")]
    if missing := [name for name in wanted if name not in arrays]:
        raise ValueError(
            f"{path} has no array '{missing[0]}' (it has: {', '.join(arrays) or 'nothing'})"
        )
    return joined(
        {
            part: verified_images(
                arrays[f"{part}_images"], arrays[f"{part}_labels"], size, counts[part],
                f"{path}, {part}",
            )
            for part in PARTS
        }
    )  # fmt: skip
