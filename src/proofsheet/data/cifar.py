"""What CIFAR-10 and CIFAR-100 have in common: 60,000 photographs of objects, 32×32 pixels.

The publisher has no validation images; a tenth of the 50,000 for training is drawn for that. The
test images keep their order, and every part says in `index` which places its images have in the
publisher's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Any

import numpy as np

from proofsheet.data.cifar_batches import SIZE, read_images, read_names
from proofsheet.data.contract import Divided, Found, Info, from_mirror
from proofsheet.data.publisher_splits import divided_noise, held_out, joined, verified_images
from proofsheet.data.sources.archive import Checksum, unpack_members
from proofsheet.data.sources.client import ask
from proofsheet.data.sources.mirror import MANIFEST, Entry
from proofsheet.jobs.errors import UserError

HOST = "https://www.cs.toronto.edu/~kriz/"
"""Where torchvision asks; known here because importing torchvision takes seconds."""

VALIDATION = 1 / 10
"""Share of the training images that becomes the validation part: 5,000 of 50,000."""

UNPACKED = 1 << 28
"""Bytes that an archive may hold: the published ones hold 186 million."""

CITATION = (
    "Krizhevsky (2009), Learning multiple layers of features from tiny images,"
    " https://www.cs.toronto.edu/~kriz/cifar.html"
)


@dataclass(frozen=True)
class Cifar:
    """One of the two datasets, with the functions that `contract.py` asks for.

    Attributes:
        INFO: what the dataset is.
        client: the class of torchvision that fetches it.
        archive: how the archive's name begins, whatever compresses it.
        folder: where the batches are, inside the archive.
        train, test: names of the batches.
        meta: name of the file with the classes' names.
        names_key, label_key: where those names and the labels are.
        per_class: images of each class in train and test; every class has as many.
        standin_images: how many the stand-in has.
    """

    INFO: Info
    client: str
    archive: str
    folder: str
    train: tuple[str, ...]
    test: tuple[str, ...]
    meta: str
    names_key: str
    label_key: str
    per_class: Mapping[str, int]
    standin_images: int

    HOST = HOST

    def official(self, workspace: Path) -> Found:
        """Through `torchvision`, which compares MD5; its own reading of the pickles is not used."""

        def client() -> Found:
            from torchvision import datasets
            from torchvision.datasets.utils import download_url

            published = getattr(datasets, self.client)
            meta = published.meta["filename"], published.meta["md5"]
            members = {
                f"{published.base_folder}/{name}": Checksum("md5", md5)
                for name, md5 in (*published.train_list, *published.test_list, meta)
            }
            # A folder of its own, should an attempt before still be writing.
            folder = Path(mkdtemp(dir=workspace))
            name, md5 = published.filename, published.tgz_md5
            download_url(published.url, str(folder), name, md5)
            files = unpack_members(folder / name, members, folder, UNPACKED)
            verified = "md5 of torchvision"
            size = (folder / name).stat().st_size
            record = {"name": name, "bytes": size, "md5": md5, "verified": verified}
            records = [record, *_records(files, members, verified)]
            return Found(self.read(files), records, official=True)

        what = f"{self.INFO.title} by torchvision from {HOST}"
        return ask(client, what, deadline=1800.0)

    def mirror(self, entry: Entry, workspace: Path) -> Found:
        """The archive of a mirror, however it is compressed, or the batches unpacked from it."""
        archive = entry.find(f"{self.archive}*") or f"{self.archive}.gz"
        batches = {name: entry.find(PurePosixPath(name).name) for name in self.members()}
        if archive not in entry.files and all(batches.values()):
            files = {name: entry.file(file) for name, file in batches.items()}
            return from_mirror(entry, lambda: self.read(files), *batches.values())
        members = {name: entry.members[name] for name in self.members() if name in entry.members}
        unlisted = [name for name in self.members() if name not in members]
        if unlisted and archive in entry.files:
            raise UserError(
                f"{entry.root / MANIFEST}: '{entry.name}' lists no member '{unlisted[0]}', and a"
                " file without a checksum is not used; add it to 'members' with its md5"
            )
        place = Path(mkdtemp(dir=workspace))
        files = replace(entry, members=members).unpack(archive, place, UNPACKED)
        found = from_mirror(entry, lambda: self.read(files), archive)
        records = _records(files, members, f"md5 of {MANIFEST}")
        return replace(found, files=[*found.files, *records])

    def standin(self, seed: int) -> Found:
        """Noise that depends on the class."""
        counts, shares = [1] * len(self.INFO.class_names), {"train": 5 / 6, "test": 1 / 6}
        return divided_noise(counts, self.standin_images, SIZE, shares, seed)

    def divide(self, found: Found, seed: int) -> Divided:
        """A tenth of the training images for validation, stratified; the test images as they are.

        Each part also has `index` (n,), the places of its images among the training images (for
        train and val) or the test images of the source, ascending.
        """
        counts = np.bincount(found.arrays["part"])
        index = np.concatenate([np.arange(n) for n in counts if n])
        return held_out({**found.arrays, "index": index}, VALIDATION, "one tenth", seed)

    def members(self) -> list[str]:
        """Every file of the archive that is read."""
        return [f"{self.folder}/{name}" for name in (*self.train, *self.test, self.meta)]

    def read(self, files: Mapping[str, Path]) -> dict[str, np.ndarray]:
        """`x`, `y` and `part` from the verified files of the archive, by member name.

        Raises:
            ValueError: something is not as published; in one line.
        """
        meta = files[f"{self.folder}/{self.meta}"]
        if (names := read_names(meta, self.names_key)) != self.INFO.class_names:
            shown, wanted = (
                ", ".join(map(str, some[:3])) or "none" for some in (names, self.INFO.class_names)
            )
            raise ValueError(
                f"{meta} names {len(names)} classes ({shown}, …), expected"
                f" {len(self.INFO.class_names)} ({wanted}, …)"
            )
        parts = {}
        for part, batches in (("train", self.train), ("test", self.test)):
            paths = [files[f"{self.folder}/{name}"] for name in batches]
            counts = [self.per_class[part]] * len(names)
            origin = f"{self.INFO.title}, {part}"
            parts[part] = verified_images(*read_images(paths, self.label_key), SIZE, counts, origin)
        return joined(parts)


def _records(
    files: Mapping[str, Path], expected: Mapping[str, Checksum], verified: str
) -> list[dict[str, Any]]:
    """What `source.json` says about the members of an archive."""
    return [
        {
            "name": name,
            "bytes": path.stat().st_size,
            expected[name].algorithm: expected[name].digest,
            "verified": verified,
        }
        for name, path in files.items()
    ]
