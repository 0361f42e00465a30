"""Data files that are wrong although their checksums are listed: refused in one clear line."""

from __future__ import annotations

import functools
import io
import re
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from proofsheet.data import bloodmnist, cifar10, dry_bean, mnist
from proofsheet.data.prepare import prepare
from proofsheet.jobs.errors import UserError
from unit.data.batches import mirror_with, tar
from unit.data.conftest import only_this_machine  # noqa: F401
from unit.data.images import gz, idx, labelled_images, mirror_of, npz
from unit.data.support import Columns, as_workbook
from workflow_project import QUICK

from .conftest import one_line

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


def refused(dataset: str, mirror: Path, phrase: str) -> None:
    """One clear line, and not a byte anywhere but in the results, where nothing is left either."""
    above = mirror.parent
    before = tree(above)
    with pytest.raises(UserError) as caught:
        prepare(dataset, "mirror", str(mirror), 0, above / "results" / dataset)
    told = str(caught.value)
    assert "\n" not in told
    assert len(told) < 800
    assert re.search(phrase, told), told
    assert tree(above) == before
    assert list((above / "results" / dataset).iterdir()) == []


# --- a workbook ---------------------------------------------------------------------------------


def cell(name: str, value: object) -> Callable[[Columns], None]:
    def change(columns: Columns) -> None:
        columns[name][7] = value

    return change


def without(name: str) -> Callable[[Columns], None]:
    return lambda columns: columns.pop(name)


def shorter(columns: Columns) -> None:
    for name in columns:
        columns[name] = columns[name][:-3]


def emptied(columns: Columns) -> None:
    for name in columns:
        columns[name] = []


TABLES = {
    "a cell is NaN as a text": (cell("Area", "NaN"), "line 9 has 'NaN' for Area"),
    "a cell is empty": (cell("Extent", None), "line 9 has nothing for Extent"),
    "a cell is a text": (cell("Perimeter", "long"), "line 9 has 'long' for Perimeter"),
    "a cell is a truth value": (cell("Area", True), "line 9 has True for Area"),
    "a length is negative": (cell("MajorAxisLength", -3.0), "positive number is expected"),
    "an area is impossible": (cell("Area", 1e12), "line 9 has 1e.12 for Area"),
    "a label is unknown": (cell("Class", "LENTIL"), "line 9 has 'LENTIL' for Class"),
    "a label is a number": (cell("Class", 7), "line 9 has 7 for Class"),
    "a column is missing": (without("Solidity"), "missing: Solidity"),
    "the labels are missing": (without("Class"), "missing: Class"),
    "rows are missing": (shorter, "beans .* are expected"),
    "all rows are missing": (emptied, "0 beans|are expected"),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_bad_table(columns: Columns, tmp_path: Path, what: str) -> None:
    change, phrase = TABLES[what]
    change(columns)
    body = as_workbook(columns, tmp_path / "made.xlsx").read_bytes()
    refused(
        "dry_bean", mirror_of(tmp_path / "mirror", "dry_bean", {dry_bean.WORKBOOK: body}), phrase
    )


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


WORKBOOKS = {
    "empty": (lambda whole: b"", "is not a readable workbook"),
    "truncated": (lambda whole: whole[: len(whole) // 2], "is not a readable workbook"),
    "text": (lambda whole: b"Area,Perimeter\n1,2\n", "is not a readable workbook"),
    "a zip bomb": (lambda whole: bomb(), "is not a readable workbook|holds more than"),
}


@pytest.mark.parametrize("what", WORKBOOKS)
def test_a_bad_workbook(whole_workbook: Path, tmp_path: Path, what: str) -> None:
    change, phrase = WORKBOOKS[what]
    body = change(whole_workbook.read_bytes())
    refused(
        "dry_bean", mirror_of(tmp_path / "mirror", "dry_bean", {dry_bean.WORKBOOK: body}), phrase
    )


# --- arrays -------------------------------------------------------------------------------------


@functools.cache
def cells() -> dict[str, np.ndarray]:
    arrays = {}
    for seed, (part, counts) in enumerate(bloodmnist.COUNTS.items()):
        x, y = labelled_images((28, 28, 3), counts, seed)
        arrays |= {f"{part}_images": x, f"{part}_labels": y[:, None]}
    return arrays


def out_of_range(arrays: dict[str, np.ndarray]) -> None:
    arrays["val_labels"] = arrays["val_labels"].copy()
    arrays["val_labels"][0] = 8


def with_nan(arrays: dict[str, np.ndarray]) -> None:
    arrays["val_images"] = arrays["val_images"].astype(np.float32)
    arrays["val_images"][0] = np.nan


ARRAYS: dict[str, tuple[Callable[[dict[str, np.ndarray]], object], str]] = {
    "an array is missing": (lambda a: a.pop("test_labels"), "has no array 'test_labels'"),
    "images of another size": (
        lambda a: a.update(val_images=a["val_images"][:, :27]), r"images are \(1712, 27, 28, 3\)",
    ),
    "images without color": (
        lambda a: a.update(val_images=a["val_images"][..., 0]), r"images are \(1712, 28, 28\)",
    ),
    "images with NaN": (with_nan, "float32, expected .* uint8"),
    "no images": (lambda a: a.update(val_images=a["val_images"][:0]), r"images are \(0, 28"),
    "labels out of range": (out_of_range, "labels are 0 … 8, expected 0 … 7"),
    "labels that are fractions": (
        lambda a: a.update(val_labels=a["val_labels"] * 0.5), "labels are .* float64",
    ),
    "fewer labels": (lambda a: a.update(val_labels=a["val_labels"][1:]), r"labels are \(1711"),
    "other labels": (
        lambda a: a.update(val_labels=0 * a["val_labels"]), r"images of each class are \[1712, 0",
    ),
    "pickled objects": (
        lambda a: a.update(val_labels=a["val_labels"].astype(object)), "is not a readable .npz",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ARRAYS)
def test_bad_arrays(tmp_path: Path, what: str) -> None:
    change, phrase = ARRAYS[what]
    arrays = dict(cells())
    change(arrays)
    file = io.BytesIO()
    np.savez(file, **arrays)
    files = {bloodmnist.FILE: file.getvalue()}
    refused("bloodmnist", mirror_of(tmp_path / "mirror", "bloodmnist", files), phrase)


FILES = {
    "empty": (b"", "is not a readable .npz"),
    "truncated": (npz(train_images=np.zeros((50, 28, 28, 3)))[:-40], "is not a readable .npz"),
    "a page to log in": (b"<html>please log in</html>", "is not a readable .npz"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_bad_archive_of_arrays(tmp_path: Path, what: str) -> None:
    body, phrase = FILES[what]
    refused(
        "bloodmnist", mirror_of(tmp_path / "mirror", "bloodmnist", {bloodmnist.FILE: body}), phrase
    )


DIGITS = np.zeros((60_000, 28, 28), np.uint8)
IDX = {
    "empty": (b"", "is no IDX file"),
    "truncated": (gz(idx(DIGITS))[:-20], "cannot be unpacked"),
    "too few images": (gz(idx(DIGITS[:59_999])), r"shape \(59999, 28, 28\)"),
    "another type": (gz(idx(DIGITS, kind=0x0D)), "type 0x0d"),
    "a bomb": (gz(idx(DIGITS) + bytes(200_000_000)), "more than 47040000 bytes"),
}


@pytest.mark.parametrize("what", IDX)
def test_bad_idx(tmp_path: Path, what: str) -> None:
    body, phrase = IDX[what]
    files = {name: gz(b"") for names in mnist.FILES.values() for name in names}
    files[mnist.FILES["train"][0]] = body
    refused("mnist", mirror_of(tmp_path / "mirror", "mnist", files), phrase)


# --- archives -----------------------------------------------------------------------------------

MEMBERS = dict.fromkeys(cifar10.CIFAR10.members(), b"a batch")
FIRST = next(iter(MEMBERS))


def link(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, target
    return header


def leading(name: str) -> bytes:
    """An archive in which a member's name leads elsewhere."""
    return tar({name: b"outside", **{k: v for k, v in MEMBERS.items() if k != FIRST}})


ARCHIVES = {
    "empty": (lambda: b"", "cannot be unpacked"),
    "truncated": (lambda: tar(MEMBERS)[:-30], "cannot be unpacked|has no member|damaged"),
    "text": (lambda: b"please log in", "cannot be unpacked"),
    "a name that leads up": (lambda: leading(f"../../{FIRST}"), f"has no member '{FIRST}'"),
    "a name that is absolute": (lambda: leading("/tmp/proofsheet-outside"), "has no member"),
    "a symbolic link": (
        lambda: tar({**MEMBERS, FIRST: link(FIRST, tarfile.SYMTYPE, "/etc/passwd")}),
        "has no member",
    ),
    "a hard link": (
        lambda: tar({**MEMBERS, FIRST: link(FIRST, tarfile.LNKTYPE, "../../outside")}),
        "has no member",
    ),
    "a device": (
        lambda: tar({**MEMBERS, FIRST: link(FIRST, tarfile.CHRTYPE, "")}), "has no member",
    ),
    "a folder that is a link": (
        lambda: tar(
            {"x": link(FIRST.split("/")[0], tarfile.SYMTYPE, "/tmp"), **MEMBERS, FIRST: b"other"}
        ),
        "is damaged: expected md5",
    ),
    "a tar bomb": (lambda: tar({"zeros": bytes(400_000_000), **MEMBERS}, "bz2"), "holds more than"),
    "other bytes": (lambda: tar({**MEMBERS, FIRST: b"another"}), "is damaged: expected md5"),
    "no batch": (lambda: tar(MEMBERS), "is no batch|cannot be read|is not a|pickle"),
}  # fmt: skip


@pytest.mark.parametrize("what", ARCHIVES)
def test_a_bad_archive(tmp_path: Path, what: str) -> None:
    made, phrase = ARCHIVES[what]
    root = mirror_with(tmp_path / "mirror", "cifar10", ("cifar-10-python.tar", made()), MEMBERS)
    refused("cifar10", root, phrase)
    assert not Path("/tmp/proofsheet-outside").exists()


def test_a_link_out_of_the_mirror(tmp_path: Path, whole_workbook: Path) -> None:
    mirror = mirror_of(tmp_path / "mirror", "dry_bean", {dry_bean.WORKBOOK: b"x"})
    (mirror / "dry_bean" / dry_bean.WORKBOOK).unlink()
    (mirror / "dry_bean" / dry_bean.WORKBOOK).symlink_to(whole_workbook)
    refused("dry_bean", mirror, "leads out of the mirror")


# --- through the workflow -----------------------------------------------------------------------

LINES = {
    "config.yaml": ("config.yaml", b"device: tpu\n", r"^proofsheet: config\.yaml: device is 'tpu'"),
    "config.yaml, empty": ("config.yaml", b"", r"^proofsheet: config\.yaml is empty"),
    "config.yaml, binary": (
        "config.yaml",
        b"\xff\xfe\x00",
        r"^proofsheet: config\.yaml.*not UTF-8",
    ),
    "manifest.yaml": ("mirror/manifest.yaml", b"- a\n", "manifest.yaml: .*datasets by name"),
    "the workbook": ("mirror/dry_bean/Dry_Bean_Dataset.xlsx", b"", "is damaged: expected sha256"),
}


@pytest.mark.parametrize("what", LINES)
def test_in_the_workflow_it_is_one_line_and_a_status(
    fresh, whole_workbook: Path, what: str
) -> None:
    name, body, phrase = LINES[what]
    files = {dry_bean.WORKBOOK: whole_workbook.read_bytes()}
    mirror_of(fresh.folder / "mirror", "dry_bean", files)
    (fresh.folder / name).write_bytes(body)
    before = {n for n in tree(fresh.folder) if not n.startswith(".snakemake")}
    data = () if "config" in what else ("data={source: mirror, mirror: mirror}",)
    run = fresh.snakemake("results/data/dry_bean/source.json", *QUICK[:2], *data)
    assert run.returncode != 0
    one_line(run.stdout, phrase)
    assert not list(fresh.folder.glob("results/data/dry_bean/*"))
    assert {n for n in tree(fresh.folder) if not n.startswith(".snakemake")} == before
