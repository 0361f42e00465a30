"""Bad data files whose checksums are listed: one clear line, and not a byte is written.

What else can be wrong with each data set is in tests/unit/data.
"""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from proofsheet.data import bloodmnist, cifar10, dry_bean, mnist
from proofsheet.data.prepare import prepare
from unit.data.batches import tar
from unit.data.conftest import only_this_machine  # noqa: F401
from unit.data.images import gz, idx, mirror_of, npz
from user_errors import refused
from workflow_project import QUICK

pytestmark = [pytest.mark.faults, pytest.mark.slow]


def tree(folder: Path) -> dict[str, bytes | str]:
    """What is in a folder, but for results and what Python keeps of its own sources."""
    return {
        str(path.relative_to(folder)): str(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        for path in folder.rglob("*")
        if (path.is_file() or path.is_symlink())
        and not {"results", "__pycache__"} & set(path.parts)
    }


def refused_wholly(dataset: str, mirror: Path, phrase: str) -> None:
    """One clear line, and not a byte anywhere but in the results, where nothing is left either."""
    above = mirror.parent
    before = tree(above)
    told = refused(phrase, prepare, dataset, "mirror", str(mirror), 0, above / "results" / dataset)
    assert len(told) < 800
    assert tree(above) == before
    assert list((above / "results" / dataset).iterdir()) == []


def bomb() -> bytes:
    """A workbook whose sheet is a gigabyte of blanks, in a megabyte."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(1000):
            member.write(b" " * 1_000_000)
    return file.getvalue()


def digits(body: bytes) -> dict[str, bytes]:
    """MNIST with this as its training images."""
    return {name: gz(b"") for names in mnist.FILES.values() for name in names} | {
        mnist.FILES["train"][0]: body
    }


FILES = {
    "a workbook that is a bomb": (
        "dry_bean", lambda: {dry_bean.WORKBOOK: bomb()},
        "is not a readable workbook|holds more than",
    ),
    "pickled arrays": (
        "bloodmnist", lambda: {bloodmnist.FILE: npz(val_labels=np.array([{}], dtype=object))},
        "has no array|is not a readable .npz",
    ),
    "images that are a bomb": (
        "mnist", lambda: digits(gz(idx(np.zeros((60_000, 28, 28), np.uint8)) + bytes(200_000_000))),
        "does not hold unsigned bytes of shape",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_a_bad_file(tmp_path, what):
    dataset, made, phrase = FILES[what]
    refused_wholly(dataset, mirror_of(tmp_path / "mirror", dataset, made()), phrase)


MEMBERS = dict.fromkeys(cifar10.CIFAR10.members(), b"a batch")
FIRST = next(iter(MEMBERS))
# What else an archive can be is in tests/unit/data/test_archive.py.
ARCHIVES = {
    "a name that is absolute": (
        lambda: tar({"/tmp/proofsheet-outside": b"-", **MEMBERS, FIRST: b"other"}),
        "is damaged: expected md5",
    ),
    "a tar bomb": (lambda: tar({"zeros": bytes(400_000_000), **MEMBERS}, "bz2"), "holds more than"),
}  # fmt: skip


@pytest.mark.parametrize("what", ARCHIVES)
def test_a_bad_archive(tmp_path, what):
    made, phrase = ARCHIVES[what]
    root = mirror_of(tmp_path / "mirror", "cifar10", {"cifar-10-python.tar": made()}, MEMBERS)
    refused_wholly("cifar10", root, phrase)
    assert not Path("/tmp/proofsheet-outside").exists()


LINES = {
    "config.yaml": ("config.yaml", b"\xff\xfe\x00", r"^proofsheet: config\.yaml.*not UTF-8"),
    "manifest.yaml": ("mirror/manifest.yaml", b"- a\n", "manifest.yaml: .*datasets by name"),
    "the workbook": ("mirror/dry_bean/Dry_Bean_Dataset.xlsx", b"", "is damaged: expected sha256"),
}


@pytest.mark.parametrize("what", LINES)
def test_in_the_workflow_it_is_one_line_and_a_status(fresh, whole_workbook, what):
    name, body, phrase = LINES[what]
    files = {dry_bean.WORKBOOK: whole_workbook.read_bytes()}
    mirror_of(fresh.folder / "mirror", "dry_bean", files)
    (fresh.folder / name).write_bytes(body)
    before = {n for n in tree(fresh.folder) if not n.startswith(".snakemake")}
    data = () if "config" in what else ("data={source: mirror, mirror: mirror}",)
    fresh.fail(phrase, "results/data/dry_bean/source.json", *QUICK[:2], *data)
    assert not list(fresh.folder.glob("results/data/dry_bean/*"))
    assert {n for n in tree(fresh.folder) if not n.startswith(".snakemake")} == before
