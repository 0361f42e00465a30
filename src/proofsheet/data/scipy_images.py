"""The two test images of SciPy: `ascent` (512, 512) and `face` (768, 1024, 3), both uint8.

They have neither classes nor a split, so they are not in `registry.DATASETS`; the rest is as in
`contract.py`. `ascent.dat` is a pickle. A pickle that is loaded runs whatever it says, so this
one is read as a list of instructions that nobody carries out: the pixels are the one block of
512 · 512 bytes in it.
"""

from __future__ import annotations

import bz2
import os
import pickletools
from collections.abc import Callable
from pathlib import Path

import numpy as np

from proofsheet.data.contract import Divided, Found, Info, from_mirror
from proofsheet.data.sources.client import ask
from proofsheet.data.sources.mirror import Entry
from proofsheet.data.standins import LICENSE, smooth_fields
from proofsheet.jobs.atomic_files import checksum

MIRROR_NAME = "scipy"
"""Under which a mirror's manifest has them."""

INFO = Info(
    title="SciPy test images (ascent, face)",
    version="scipy.datasets",
    licence="CC0",
    citation="scipy.datasets.ascent and scipy.datasets.face; photographs from pixnio.com",
)

SHAPES = {"ascent": (512, 512), "face": (768, 1024, 3)}
SHA256 = {
    "ascent": "03ce124c1afc880f87b55f6b061110e2e1e939679184f5614e38dacc6c1957e2",
    "face": "9d8b0b4d081313e2b485748c770472e5a95ed1738146883d84c7030493e82886",
}
"""Of the published files, as in SciPy's own registry."""

HOST = os.environ.get("PROOFSHEET_SCIPY_URL") or "https://raw.githubusercontent.com"
"""Where scipy.datasets asks; the environment variable PROOFSHEET_SCIPY_URL stands in for it when
it is asked whether there is a network."""


def official(workspace: Path) -> Found:
    """Through `scipy.datasets`, which compares SHA-256 by pooch and keeps files in its cache."""
    import pooch

    def client() -> Found:
        arrays, records = _ask_client(), []
        for name, expected in SHA256.items():
            path = Path(pooch.os_cache("scipy-data")) / f"{name}.dat"
            if not path.is_file() or checksum(path) != expected:
                raise ValueError(f"{path} is not the published file (sha256 {expected})")
            records.append(
                {
                    "name": path.name,
                    "bytes": path.stat().st_size,
                    "sha256": expected,
                    "verified": "sha256 of SciPy's registry",
                }
            )
        return Found(arrays, records, official=True)

    what = f"ascent and face by scipy.datasets from {HOST}"
    return ask(client, what, deadline=120.0)


def mirror(entry: Entry, workspace: Path) -> Found:
    """`ascent.dat` and `face.dat` of a mirror, compared with their checksums before decoding."""
    listed = {name: entry.find(f"{name}.dat") or f"{name}.dat" for name in DECODERS}

    def read(name: str) -> np.ndarray:
        path = entry.file(listed[name])
        try:
            return DECODERS[name](path.read_bytes())
        except ValueError as error:
            raise ValueError(f"{path} cannot be decoded: {error}") from None

    arrays = lambda: {name: read(name) for name in DECODERS}  # noqa: E731
    return from_mirror(entry, arrays, *listed.values())


def standin(seed: int) -> Found:
    """Smooth noise of the same shapes."""
    rng = np.random.default_rng(seed)
    arrays = {
        name: np.clip(128 + 50 * smooth_fields(rng, 1, shape)[0], 0, 255).astype(np.uint8)
        for name, shape in SHAPES.items()
    }
    note = "two pictures of smooth noise in the sizes of the real ones; not the real images"
    return Found(arrays, [], official=False, note=note, licence=LICENSE)


def divide(found: Found, seed: int) -> Divided:
    """All images in one part."""
    return Divided({"images": found.arrays})


def ascent_pixels(data: bytes) -> np.ndarray:
    """The pixels (512, 512) uint8 of `ascent.dat`, without unpickling it.

    Raises:
        ValueError: it is not the pickle of one such array.
    """
    try:
        arguments = [argument for _, argument, _ in pickletools.genops(data)]
    except Exception as error:  # whatever a damaged pickle makes it raise
        raise ValueError(f"not a pickle ({error})") from None
    blocks = [a for a in arguments if isinstance(a, bytes) and len(a) == 512 * 512]
    if len(blocks) != 1 or arguments.count("u1") != 1 or arguments.count(512) != 2:
        raise ValueError("not the pickle of one 512 × 512 array of bytes")
    return np.frombuffer(blocks[0], np.uint8).reshape(512, 512).copy()


def face_pixels(data: bytes) -> np.ndarray:
    """The pixels (768, 1024, 3) uint8 of `face.dat`, which are compressed by bzip2.

    Raises:
        ValueError: it is not bzip2, or not as many bytes.
    """
    size = 768 * 1024 * 3
    try:
        # No more than expected is unpacked, whatever a file promises.
        pixels = bz2.BZ2Decompressor().decompress(data, size + 1)
    except OSError as error:
        raise ValueError(f"not bzip2 ({error})") from None
    if len(pixels) != size:
        raise ValueError(f"not {size} bytes when unpacked")
    return np.frombuffer(pixels, np.uint8).reshape(768, 1024, 3).copy()


DECODERS: dict[str, Callable[[bytes], np.ndarray]] = {
    "ascent": ascent_pixels,
    "face": face_pixels,
}


def _ask_client() -> dict[str, np.ndarray]:
    import scipy.datasets

    return {"ascent": scipy.datasets.ascent(), "face": scipy.datasets.face()}
