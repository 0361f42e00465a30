"""Chest X-rays: 5,856 radiographs of children, normal or with pneumonia, brought to 224×224.

The publisher's test images are kept as they are. Its validation folder has 16 images, by which
nothing can be chosen: it is left aside, and validation images are taken out of the training ones,
patient by patient. The patient is in the name of the file.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath

import numpy as np

from proofsheet.data import pneumoniamnist
from proofsheet.data.contract import Divided, Found, Info, from_mirror
from proofsheet.data.dataset import PARTS
from proofsheet.data.sources import kaggle
from proofsheet.data.sources.archive import LIMIT
from proofsheet.data.sources.mirror import Entry, hidden
from proofsheet.data.splits import divide_patients, stratified_split
from proofsheet.data.standins import LICENSE, noise_images, scaled
from proofsheet.jobs.errors import UserError

CLASSES = ("NORMAL", "PNEUMONIA")
COUNTS = {"train": (1341, 3875), "val": (8, 8), "test": (234, 390)}
"""Images of both classes in the published folders: 5,216, 16 and 624."""

INFO = Info(
    title="Chest X-ray images (pneumonia)",
    version="Kaggle paultimothymooney/chest-xray-pneumonia, version 2",
    licence="CC BY 4.0",
    citation="Kermany et al. (2018), doi:10.1016/j.cell.2018.02.010; doi:10.17632/rscbjbr9sj",
    class_names=("Normal", "Pneumonia"),
)

SIDE = 224
"""Pixels; the aspect ratio is not kept, for neither does the mirror keep it."""

LISTING = "MD5SUMS"
HOST = kaggle.HOST
HANDLE = "paultimothymooney/chest-xray-pneumonia/2"
SERIES = ("IM", "NORMAL2-IM", "person")
"""Where a file name's number counts patients: two series of normal ones, one of the ill."""

KINDS = ("normal", "bacteria", "virus")
VALIDATION = 0.15
"""Share of the training patients of each series whose images become the validation part."""

STANDIN_IMAGES = {"train": 560, "test": 120}

_NAME = re.compile(r"(?:person(\d+)_(bacteria|virus)|((?:NORMAL2-)?IM)-(\d+)-)[\w-]*\.jpe?g")


@dataclass(frozen=True)
class Radiograph:
    """What a published file name says: `train/PNEUMONIA/person7_virus_12.jpeg`."""

    part: str
    label: int
    series: int
    number: int
    kind: int


FALLBACKS = (pneumoniamnist,)
"""What `auto` takes before the stand-in, where Kaggle gives nothing."""


def hindrance() -> str:
    """Why Kaggle cannot be asked: there is no token. '' if there is one."""
    try:
        kaggle.check_token()
    except UserError as error:
        return str(error)
    return ""


def official(workspace: Path) -> Found:
    """Through Kaggle's client, which needs a token."""

    def read(path: Path) -> Found:
        arrays, size = from_zip(path, workspace)
        record = {
            "name": f"{sum(map(sum, COUNTS.values())):,} JPEG files",
            "bytes": size,
            "verified": "number of images in each folder, CRC-32, and that each can be decoded",
        }
        return Found(arrays, [record], official=True, note="brought to 224×224 pixels")

    # Beside the workspace, which is removed: an interrupted download is resumed by the next run.
    return kaggle.dataset(HANDLE, INFO.title, workspace.parent / ".kaggle", read)


def mirror(entry: Entry, workspace: Path) -> Found:
    """The JPEG files that a mirror's list names, Kaggle's zip, or MedMNIST's file."""
    if name := entry.find(pneumoniamnist.FILE):
        return pneumoniamnist.mirror(entry, name)
    if name := entry.find("*.zip"):
        return from_mirror(entry, lambda: from_zip(entry.file(name), workspace)[0], name)
    name = entry.find(LISTING, f"*.{LISTING}") or LISTING
    listing = entry.listing(name)
    files = {
        published: entry.listed(listed, listing[listed])
        for published, listed in published_names(listing).items()
    }
    read, origin = lambda published: files[published].read_bytes(), entry.root / entry.folder / name
    return from_mirror(entry, lambda: decoded(files, read, str(origin), workspace), name)


def standin(seed: int) -> Found:
    """Noise that depends on the class, two images of each patient."""
    total = sum(STANDIN_IMAGES.values())
    counts = np.add(COUNTS["train"], COUNTS["test"])
    x, y = noise_images(scaled(counts, total), (SIDE, SIDE), seed)
    part, number = np.zeros(total, np.uint8), np.zeros(total, np.int32)
    shares = [n / total for n in STANDIN_IMAGES.values()]
    for name, rows in zip(STANDIN_IMAGES, stratified_split(y, shares, seed), strict=True):
        part[rows] = PARTS.index(name)
        pairs = np.arange(len(rows)) // 2 + 100_000 * PARTS.index(name)
        number[rows[np.argsort(y[rows], kind="stable")]] = pairs
    ill, odd = y == 1, number % 2
    arrays = {
        "x": x,
        "y": y,
        "part": part,
        "series": np.where(ill, SERIES.index("person"), odd).astype(np.uint8),
        "number": number,
        "kind": np.where(ill, 1 + odd, KINDS.index("normal")).astype(np.uint8),
    }
    note = f"{total:,} images of noise with a smooth pattern for each class; not the real data"
    return Found(arrays, [], official=False, note=note, licence=LICENSE)


def divide(found: Found, seed: int) -> Divided:
    """Training images into training and validation by patient; the test images as they are.

    MedMNIST's copy is divided already, and knows no patients: there each image counts as its own.
    """
    part = found.arrays["part"]
    if "number" not in found.arrays:
        return pneumoniamnist.divide(found)
    series, number = found.arrays["series"], found.arrays["number"]
    patient = series.astype(np.int64) * 1_000_000 + number
    train = np.flatnonzero(part == PARTS.index("train"))
    kept, taken = divide_patients(patient[train], series[train], VALIDATION, seed)
    index = {
        "train": train[kept],
        "val": train[taken],
        "test": np.flatnonzero(part == PARTS.index("test")),
    }
    parts = {
        name: {"patient": patient[rows]}
        | {key: found.arrays[key][rows] for key in ("x", "y", "kind")}
        for name, rows in index.items()
    }
    return Divided(parts, _overlaps(parts) | {"split_seed": seed})


def published_names(names: Iterable[str]) -> dict[str, str]:
    """Where each published image is, by its published name such as `test/NORMAL/IM-1-1.jpeg`.

    The folders above may have any name. Kaggle's archive holds every image twice, and the copy in
    fewer folders is taken.
    Files that are no images, and those that an operating system has left, are passed over.
    """
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (name.count("/"), name)):
        path = PurePosixPath(name)
        part, label = [*path.parts[-3:], "", ""][:2]
        image = path.suffix.lower() in (".jpeg", ".jpg") and not hidden(path)
        if image and part in COUNTS and label in CLASSES:
            found.setdefault("/".join(path.parts[-3:]), name)
    return found


def from_zip(path: Path, workspace: Path) -> tuple[dict[str, np.ndarray], int]:
    """What `decoded` gives of the images in an archive, and their size in bytes."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise ValueError(f"{path} cannot be unpacked ({error})") from None
    with archive:
        members = published_names(archive.namelist())
        size = sum(archive.getinfo(member).file_size for member in members.values())
        if size > LIMIT:
            raise ValueError(f"{path} holds more than the {LIMIT:,} bytes that are expected in it")
        read = lambda name: archive.read(members[name])  # noqa: E731
        return decoded(members, read, str(path), workspace), size


def decoded(
    names: Iterable[str], read: Callable[[str], bytes], origin: str, workspace: Path
) -> dict[str, np.ndarray]:
    """Training and test images of the published files, with what their names say.

    Args:
        read: the bytes of the file that has this name.
        workspace: folder for the decoded pixels, which are mapped from there.

    Returns:
        `x` (n, 224, 224) uint8; `y`, `part`, `series`, `number` and `kind` (n,).

    Raises:
        ValueError: a name is of another form, the numbers of images are not the published ones,
            or a file is not a JPEG image; it is named.
    """
    told = {name: read_name(name) for name in names}
    for part, expected in COUNTS.items():
        counts = [
            sum(t.part == part and t.label == k for t in told.values()) for k in range(len(CLASSES))
        ]
        if counts != list(expected):
            raise ValueError(f"{origin}: {part} has {counts} images, expected {list(expected)}")
    wanted = sorted(name for name, t in told.items() if t.part != "val")
    x = np.lib.format.open_memmap(
        workspace / "pixels.npy", mode="w+", dtype=np.uint8, shape=(len(wanted), SIDE, SIDE)
    )
    for i, name in enumerate(wanted):
        try:
            x[i] = read_image(read(name))
        except (OSError, zipfile.BadZipFile, zlib.error) as error:  # among them Pillow's own
            raise ValueError(f"{origin}: {name} is not a whole JPEG image ({error})") from None
    return {
        "x": x,
        "y": _column((told[n].label for n in wanted), np.int64),
        "part": _column((PARTS.index(told[n].part) for n in wanted), np.uint8),
        "series": _column((told[n].series for n in wanted), np.uint8),
        "number": _column((told[n].number for n in wanted), np.int32),
        "kind": _column((told[n].kind for n in wanted), np.uint8),
    }


def read_name(name: str) -> Radiograph:
    """Part, class and patient from a published path.

    Raises:
        ValueError: the path is of another form.
    """
    part, label, file = [*PurePosixPath(name).parts, "", "", ""][:3]
    match = _NAME.fullmatch(file)
    ill = bool(match and match[1])
    if part not in COUNTS or label not in CLASSES or not match or ill != (label == CLASSES[1]):
        raise ValueError(
            f"{name} is not a published name, such as train/NORMAL/IM-0115-0001.jpeg or"
            " train/PNEUMONIA/person1_bacteria_1.jpeg"
        )
    series = "person" if ill else match[3]
    kind = match[2] if ill else "normal"
    number = int(match[1] or match[4])
    return Radiograph(part, CLASSES.index(label), SERIES.index(series), number, KINDS.index(kind))


def read_image(body: bytes) -> np.ndarray:
    """A JPEG file as gray levels (224, 224) uint8, the aspect ratio not kept.

    Raises:
        OSError: it is not a whole JPEG image.
    """
    from PIL import Image

    with Image.open(io.BytesIO(body), formats=["JPEG"]) as image:
        # Gray is the first channel of a JPEG file, and large ones can be decoded at a fraction.
        image.draft("L", (2 * SIDE, 2 * SIDE))
        gray = image.convert("L")
        if gray.size != (SIDE, SIDE):
            gray = gray.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        return np.asarray(gray)


def _overlaps(parts: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, object]:
    """Images and patients on two sides, and in words how the parts came about."""
    ill = SERIES.index("person") * 1_000_000
    patients = {name: set(part["patient"].tolist()) for name, part in parts.items()}
    fitted = patients["train"] | patients["val"]
    shared = patients["test"] & fitted
    kinds = {
        name: set(zip(part["patient"].tolist(), part["kind"].tolist(), strict=True))
        for name, part in parts.items()
    }
    distinct = [
        {blake2b(image.tobytes()).digest() for image in part["x"]} for part in parts.values()
    ]
    return {
        "split": "test images as published; of the training patients of each series 15 % for"
        " validation, none of them on two sides; the publisher's 16 validation images left aside",
        "patients_known": True,
        "patients": {name: len(known) for name, known in patients.items()},
        "patients_in_train_and_val": len(patients["train"] & patients["val"]),
        "numbers_in_test_and_train": len(shared),
        "ill_numbers_in_test_and_train": sum(number >= ill for number in shared),
        "same_number_and_kind": len(kinds["test"] & (kinds["train"] | kinds["val"])),
        "images_on_two_sides": sum(map(len, distinct)) - len(set.union(*distinct)),
    }


def _column(values: Iterable[int], kind: type) -> np.ndarray:
    return np.fromiter(values, dtype=kind)
