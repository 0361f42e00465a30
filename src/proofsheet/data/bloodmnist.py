"""BloodMNIST: 17,092 photographs of single blood cells, 28×28 pixels, eight types, divided.

The publisher's division is kept as it is.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from proofsheet.data.contract import Divided, Found, Info, from_mirror
from proofsheet.data.medmnist_files import HOST, fetch, read_archive
from proofsheet.data.publisher_splits import divided_noise, separated
from proofsheet.data.sources.client import ask
from proofsheet.data.sources.mirror import Entry

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
STANDIN_SHARES = {"train": 0.7, "val": 0.1, "test": 0.2}
"""As the publisher divides."""


def official(workspace: Path) -> Found:
    """Through `medmnist`, which compares MD5."""

    def client() -> Found:
        path, record = fetch("bloodmnist", SIZE[0], workspace)
        return Found(read_archive(path, SIZE, COUNTS), [record], official=True)

    what = f"BloodMNIST by medmnist from {HOST}"
    return ask(client, what, deadline=600.0)


def mirror(entry: Entry, workspace: Path) -> Found:
    """The archive of a mirror."""
    name = entry.find(FILE) or FILE
    return from_mirror(entry, lambda: read_archive(entry.file(name), SIZE, COUNTS), name)


def standin(seed: int) -> Found:
    """Noise that depends on the type."""
    counts = np.sum(list(COUNTS.values()), axis=0)
    return divided_noise(counts, STANDIN_CELLS, SIZE, STANDIN_SHARES, seed)


def divide(found: Found, seed: int) -> Divided:
    """As the source divides them."""
    return separated(found.arrays, {"split": "as the source divides the images"})
