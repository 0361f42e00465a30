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
from proofsheet.data.contract import Divided, Found, Info
from proofsheet.data.dataset import PARTS
from proofsheet.data.publisher_splits import joined, separated, verified_images
from proofsheet.data.sources.archive import Checksum, unpack_members
from proofsheet.data.sources.client import ask
from proofsheet.data.sources.mirror import MANIFEST, Entry
from proofsheet.data.splits import stratified_split
from proofsheet.data.standins import LICENSE, noise_images, scaled
from proofsheet.jobs.errors import UserError

HOST = "https://www.cs.toronto.edu/~kriz/"
"""Where torchvision asks; known here because importing torchvision takes seconds."""

VALIDATION = 1 / 10
"""Share of the training images that becomes the validation part: 5,000 of 50,000."""

SILENCE, DEADLINE = 30.0, 1800.0
"""Seconds: that a server may say nothing, that one attempt at 170 MB may take."""

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

    def official_host(self) -> str:
        """URL that answers when the official source can be reached."""
        return HOST

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

        what = f"{self.INFO.title} by torchvision from {self.official_host()}"
        return ask(client, what, silence=SILENCE, deadline=DEADLINE)

    def mirror(self, entry: Entry, workspace: Path) -> Found:
        """The archive of a mirror, however it is compressed, or the batches unpacked from it."""
        archive = entry.find(f"{self.archive}*")
        batches = {name: entry.find(PurePosixPath(name).name) for name in self.members()}
        if not archive and all(batches.values()):
            try:
                arrays = self.read({name: entry.file(file) for name, file in batches.items()})
            except ValueError as error:
                raise UserError(f"{error}; put the published files into the mirror") from None
            return Found(
                arrays,
                [entry.record(file) for file in batches.values()],
                official=entry.official,
                note=entry.note,
                licence=entry.licence,
            )
        if not archive:
            raise UserError(
                f"{entry.root / MANIFEST}: '{entry.name}' lists no {self.archive}* (it lists:"
                f" {', '.join(entry.files) or 'nothing'}); add the archive with its sha256"
            )
        unlisted = [name for name in self.members() if name not in entry.members]
        if unlisted:
            raise UserError(
                f"{entry.root / MANIFEST}: '{entry.name}' lists no member '{unlisted[0]}', and a"
                " file without a checksum is not used; add it to 'members' with its md5"
            )
        entry = replace(entry, members={name: entry.members[name] for name in self.members()})
        files = entry.unpack(archive, Path(mkdtemp(dir=workspace)), UNPACKED)
        try:
            arrays = self.read(files)
        except ValueError as error:
            raise UserError(f"{error}; put the published archive into the mirror") from None
        return Found(
            arrays,
            [entry.record(archive), *_records(files, entry.members, f"md5 of {MANIFEST}")],
            official=entry.official,
            note=entry.note,
            licence=entry.licence,
        )

    def standin(self, seed: int) -> Found:
        """Noise that depends on the class."""
        classes = len(self.INFO.class_names)
        x, y = noise_images(scaled([1] * classes, self.standin_images), SIZE, seed)
        train, test = stratified_split(y, (5 / 6, 1 / 6), seed)
        note = (
            f"{len(x):,} images of noise with a smooth pattern for each of {classes} classes; not"
            " the real data, and the classes' names mean nothing here"
        )
        parts = {"train": (x[train], y[train]), "test": (x[test], y[test])}
        return Found(joined(parts), [], official=False, note=note, licence=LICENSE)

    def divide(self, found: Found, seed: int) -> Divided:
        """A tenth of the training images for validation, stratified; the test images as they are.

        Each part also has `index` (n,), the places of its images among the training images (for
        train and val) or the test images of the source, ascending.
        """
        part = found.arrays["part"].copy()
        train = np.flatnonzero(part == PARTS.index("train"))
        _, val = stratified_split(found.arrays["y"][train], (1 - VALIDATION, VALIDATION), seed)
        part[train[val]] = PARTS.index("val")
        facts = {
            "split": "the test images as the source has them; one tenth of the training images for"
            " validation, stratified by class",
            "split_seed": seed,
        }
        divided = separated({**found.arrays, "part": part}, facts)
        published = found.arrays["part"]
        place = np.concatenate([np.arange(n) for n in np.bincount(published) if n])
        parts = {
            name: {**arrays, "index": place[part == PARTS.index(name)]}
            for name, arrays in divided.parts.items()
        }
        return replace(divided, parts=parts)

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
                ", ".join(some[:3]) or "none" for some in (names, self.INFO.class_names)
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
