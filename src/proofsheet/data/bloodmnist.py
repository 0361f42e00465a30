"""BloodMNIST: 17,092 photographs of single blood cells, 28×28 pixels, eight types, divided.

The publisher's division is kept as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from proofsheet.data.contract import Divided, Found, Info
from proofsheet.data.dataset import PARTS
from proofsheet.data.publisher_splits import joined, separated, verified_images
from proofsheet.data.sources.client import ask
from proofsheet.data.sources.mirror import Entry
from proofsheet.data.splits import stratified_split
from proofsheet.data.standins import LICENSE, noise_images, scaled
from proofsheet.jobs.errors import UserError

COUNTS = {
    "train": (852, 2181, 1085, 2026, 849, 993, 2330, 1643),
    "val": (122, 312, 155, 290, 122, 143, 333, 235),
    "test": (244, 624, 311, 579, 243, 284, 666, 470),
}
"""Images of each type in the published data: 11,959, 1,712 and 3,421."""

INFO = Info(
    title="BloodMNIST",
    version="MedMNIST v2, 28×28",
    licence="CC BY 4.0",
    citation="Yang et al. (2023), doi:10.1038/s41597-022-01721-8;"
    " photographs: Acevedo et al. (2020), doi:10.17632/snkd93bnjr.1",
    class_names=(
        "Basophil",
        "Eosinophil",
        "Erythroblast",
        "Immature Granulocyte (IG)",
        "Lymphocyte",
        "Monocyte",
        "Neutrophil",
        "Platelet",
    ),
)

SIZE = (28, 28, 3)
FILE = "bloodmnist.npz"
STANDIN_CELLS = 2000
STANDIN_FRACTIONS = (0.7, 0.1, 0.2)
"""As the publisher divides."""

HOST = "https://zenodo.org"
"""Where medmnist asks; known here because importing medmnist takes seconds."""

SILENCE, DEADLINE = 30.0, 600.0
"""Seconds: that a server may say nothing, that one attempt may take."""


def official_host() -> str:
    """URL that answers when the official source can be reached."""
    return HOST


def official(workspace: Path) -> Found:
    """Through `medmnist`, which compares MD5."""

    def client() -> Found:
        import medmnist

        folder = mkdtemp(dir=workspace)  # its own, should an attempt before still be writing
        arrays = {}
        try:
            for part in PARTS:
                cells = medmnist.BloodMNIST(split=part, download=True, root=folder)
                arrays |= {f"{part}_images": cells.imgs, f"{part}_labels": cells.labels}
        except RuntimeError as error:
            # The client answers every failure with the same advice; the reason is behind it.
            raise (error.__context__ or error) from None
        record = {
            "name": FILE,
            "bytes": Path(folder, FILE).stat().st_size,
            "md5": medmnist.INFO["bloodmnist"]["MD5"],
            "verified": "md5 of medmnist",
        }
        return Found(verified_archive(arrays, FILE), [record], official=True)

    what = f"BloodMNIST by medmnist from {official_host()}"
    return ask(client, what, silence=SILENCE, deadline=DEADLINE)


def mirror(entry: Entry, workspace: Path) -> Found:
    """The archive of a mirror."""
    path = entry.file(FILE)
    try:
        arrays = verified_archive(_read_archive(path), str(path))
    except ValueError as error:
        raise UserError(f"{error}; put the published file into the mirror") from None
    return Found(
        arrays,
        [entry.record(FILE)],
        official=entry.official,
        note=entry.note,
        licence=entry.licence,
    )


def standin(seed: int) -> Found:
    """Noise that depends on the type."""
    counts = np.sum(list(COUNTS.values()), axis=0)
    x, y = noise_images(scaled(counts, STANDIN_CELLS), SIZE, seed)
    picked = stratified_split(y, STANDIN_FRACTIONS, seed)
    parts = {name: (x[index], y[index]) for name, index in zip(PARTS, picked, strict=True)}
    note = (
        f"{len(x):,} images of noise with a smooth pattern for each of eight types; not the real"
        " data"
    )
    return Found(joined(parts), [], official=False, note=note, licence=LICENSE)


def divide(found: Found, seed: int) -> Divided:
    """As the source divides them."""
    return separated(found.arrays, {"split": "as the source divides the images"})


def verified_archive(arrays: Mapping[str, np.ndarray], origin: str) -> dict[str, np.ndarray]:
    """`x`, `y` and `part` from the six arrays of the published archive.

    Raises:
        ValueError: an array is missing, or is not as published; names `origin`.
    """
    wanted = [f"{part}_{what}" for part in PARTS for what in ("images", "labels")]
    if missing := [name for name in wanted if name not in arrays]:
        raise ValueError(
            f"{origin} has no array '{missing[0]}' (it has: {', '.join(arrays) or 'nothing'})"
        )
    return joined(
        {
            part: verified_images(
                arrays[f"{part}_images"],
                arrays[f"{part}_labels"],
                SIZE,
                COUNTS[part],
                f"{origin}, {part}",
            )
            for part in PARTS
        }
    )


def _read_archive(path: Path) -> dict[str, np.ndarray]:
    """Every array of an `.npz`; pickled objects are refused."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except Exception as error:  # a damaged archive fails in zip, in a header or in between
        raise ValueError(f"{path} is not a readable .npz ({error})") from None
