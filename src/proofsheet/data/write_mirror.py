"""Write the manifest of a mirror for a folder of downloaded files: `make mirror DIR=…`.

Files are found by their usual names in any subfolder, compared with the checksums that publishers
or their clients give, and read as the workflow will read them.
"""

from __future__ import annotations

import hashlib
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from proofsheet.data import bloodmnist, chest_xray, cifar10, cifar100, dry_bean, mnist, scipy_images
from proofsheet.data.medmnist_files import HOST as ZENODO
from proofsheet.data.pneumoniamnist import FILE as PNEUMONIA
from proofsheet.data.pneumoniamnist import NOTE as PNEUMONIA_NOTE
from proofsheet.data.registry import DATASETS, dataset_module
from proofsheet.data.sources.mirror import MANIFEST, entry_of, hidden
from proofsheet.data.weights import FILE as CONVERTED
from proofsheet.jobs.atomic_files import checksum, write_text
from proofsheet.jobs.errors import UserError

HEADER = "# Written by `make mirror`, which replaces it.\n"

MODULES: dict[str, Any] = {
    **{name: dataset_module(name) for name in DATASETS},
    scipy_images.MIRROR_NAME: scipy_images,
    "weights": dataset_module("weights"),
}

_MNIST = [name for names in mnist.FILES.values() for name in names]

LAYOUTS: dict[str, list[list[str | list[str]]]] = {
    "mnist": [[mnist.usual_names(name) for name in _MNIST]],
    "cifar10": [["cifar-10-python.tar*"], [f"*{m}" for m in cifar10.CIFAR10.members()]],
    "cifar100": [["cifar-100-python.tar*"], [f"*{m}" for m in cifar100.CIFAR100.members()]],
    "dry_bean": [[dry_bean.WORKBOOK], ["dry*bean*.zip"]],
    "bloodmnist": [[bloodmnist.FILE]],
    "chest_xray": [["chest-xray-pneumonia.zip"], ["archive*.zip"], [PNEUMONIA]],
    "scipy": [["ascent.dat", "face.dat"]],
    "weights": [["squeezenet1_1-*.pth"], [CONVERTED]],
}
"""Files of each dataset: one layout suffices, and in it one name of each file."""

DOWNLOADS = {
    "mnist": f"the four *-ubyte.gz files, {mnist.HOST}",
    "cifar10": "cifar-10-python.tar.gz, https://www.cs.toronto.edu/~kriz/cifar.html",
    "cifar100": "cifar-100-python.tar.gz, https://www.cs.toronto.edu/~kriz/cifar.html (optional)",
    "dry_bean": "dry+bean+dataset.zip, https://archive.ics.uci.edu/dataset/602",
    "bloodmnist": f"bloodmnist.npz, {ZENODO}/records/10519652",
    "chest_xray": "archive.zip, https://www.kaggle.com/datasets/paultimothymooney/"
    f"chest-xray-pneumonia; or without an account {PNEUMONIA}, {ZENODO}/records/10519652",
    "scipy": "ascent.dat and face.dat, https://github.com/scipy/dataset-ascent and dataset-face",
    "weights": "squeezenet1_1-b8a52dc0.pth, https://download.pytorch.org/models",
}


def write_mirror(root: Path) -> tuple[list[str], list[str]]:
    """Write `manifest.yaml` into `root` for what is found below it.

    Returns:
        A line for each dataset that was found and read, and one for each that was not.

    Raises:
        UserError: there is no such folder, or it has a manifest that somebody wrote by hand.
    """
    if not root.is_dir():
        raise UserError(f"{root} is not a folder; use make mirror DIR=<folder of downloaded files>")
    manifest = root / MANIFEST
    if manifest.is_file() and not manifest.read_text(encoding="utf-8").startswith(HEADER):
        raise UserError(f"{manifest} was not written by make mirror; move it away to replace it")
    names = sorted(
        (p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()),
        key=lambda name: (name.count("/"), name),
    )
    names = [name for name in names if not hidden(PurePosixPath(name))]
    entries, found, missing = {}, [], []
    for dataset, module in MODULES.items():
        try:
            entry = _entry(dataset, names, root)
            with TemporaryDirectory() as workspace:
                if entry:
                    module.mirror(entry_of(dataset, entry, root), Path(workspace))
        except UserError as error:
            missing.append(f"{dataset}: {error}")
            continue
        if entry:
            entries[dataset] = entry | {"official": entry["official"] == "true"}
            files = ", ".join(list(entry["files"])[:4])
            found.append(f"{dataset}: {files}" + (f" ({entry['note']})" if entry["note"] else ""))
        else:
            missing.append(f"{dataset}: not found; download {DOWNLOADS[dataset]}")
    write_text(manifest, HEADER + yaml.safe_dump(entries, sort_keys=False, allow_unicode=True))
    return found, missing


def _entry(dataset: str, names: list[str], root: Path) -> dict[str, Any] | None:
    """The entry of a dataset, all values texts as `read_mirror` has them; None if not found."""
    files = next(filter(None, (_match(names, layout) for layout in LAYOUTS[dataset])), None)
    if dataset == "chest_xray" and (not files or files[0].endswith(PNEUMONIA)):
        images = chest_xray.published_names(names)
        files = [_listing(images.values(), root)] if images else files
    if not files:
        return None
    official, note, members = _judged(dataset, files, root)
    module = MODULES[dataset]
    entry = {
        "official": str(official).lower(),
        "note": note,
        "licence": module.INFO.licence,
        "folder": ".",
        "files": {name: {"sha256": checksum(root / name)} for name in files},
    }
    return entry | ({"members": members} if members else {})


def _match(names: Iterable[str], layout: list[str | list[str]]) -> list[str] | None:
    found = []
    for wanted in layout:
        patterns = [wanted] if isinstance(wanted, str) else wanted
        fits = (
            name
            for pattern in patterns
            for name in names
            if fnmatchcase((name if "/" in pattern else Path(name).name).lower(), pattern.lower())
        )
        if not (name := next(fits, None)):
            return None
        found.append(name)
    return found


def _listing(images: Iterable[str], root: Path) -> str:
    name = f"chest_xray.{chest_xray.LISTING}"
    lines = [f"{checksum(root / image, 'md5')}  {image}\n" for image in images]
    write_text(root / name, "".join(lines))
    return name


def _judged(
    dataset: str, files: list[str], root: Path
) -> tuple[bool, str, Mapping[str, Mapping[str, str]]]:
    """Whether files are the publisher's own, how they differ, and checksums of members."""
    first = root / files[0]
    if dataset in ("cifar10", "cifar100"):
        from torchvision import datasets

        client = getattr(datasets, MODULES[dataset].INFO.title.replace("-", ""))
        meta = client.meta["filename"], client.meta["md5"]
        known = dict([*client.train_list, *client.test_list, meta])
        if len(files) == 1:
            members = {f"{client.base_folder}/{name}": {"md5": md5} for name, md5 in known.items()}
            return True, "", members
        own = all(checksum(root / name, "md5") == known[Path(name).name] for name in files)
        return own, "" if own else "batches that are not the publisher's", {}
    if dataset == "dry_bean":
        note = "the publisher gives no checksum; the content was verified"
        return False, note, _workbook(first) if first.suffix == ".zip" else {}
    if dataset == "chest_xray":
        if files[0].endswith(PNEUMONIA):
            return False, PNEUMONIA_NOTE, {}
        return False, "no checksum is published; names and numbers of images were verified", {}
    if dataset == "weights":
        start = re.search(r"-([0-9a-f]{8})\.pth$", files[0])
        own = bool(start) and checksum(first).startswith(start[1])
        return own, "" if own else "not torchvision's own file", {}
    if dataset == "scipy":
        own = all(checksum(root / f) == scipy_images.SHA256[Path(f).stem] for f in files)
        return own, "" if own else "not the files of scipy.datasets", {}
    if dataset == "bloodmnist":
        import medmnist

        own = checksum(first, "md5") == medmnist.INFO["bloodmnist"]["MD5"]
        return own, "" if own else "not MedMNIST's own file", {}
    from torchvision.datasets import MNIST

    known = {*mnist.UNPACKED_MD5.values(), *(md5 for _, md5 in MNIST.resources)}
    own = all(checksum(root / name, "md5") in known for name in files)
    return own, "" if own else "not the publisher's own files", {}


def _workbook(path: Path) -> dict[str, dict[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if PurePosixPath(n).name == dry_bean.WORKBOOK]
            return {n: {"md5": hashlib.md5(archive.read(n)).hexdigest()} for n in names[:1]}
    except (zipfile.BadZipFile, OSError) as error:
        raise UserError(f"{path} cannot be unpacked ({error}); download it again") from None


def main() -> int:
    """Print what was found and what is missing; status 1 if nothing was found."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "")
    try:
        if len(sys.argv) != 2 or not sys.argv[1]:
            raise UserError("use make mirror DIR=<folder of downloaded files>")
        found, missing = write_mirror(root)
    except UserError as error:
        print(f"proofsheet: {error}", file=sys.stderr)
        return 1
    for title, lines in (("found", found), ("missing", missing)):
        print(*(f"{title:8} {line}" for line in lines), sep="\n")
    print(f"Set data.mirror in config.yaml, or PROOFSHEET_MIRROR, to {root.resolve()}")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
