"""A notebook's CIFAR-10: batches of the publisher's checksums are read, and no other is."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from proofsheet.notebooks.loaders import cifar10
from proofsheet.notebooks.loaders.cifar10 import (
    FOLDER,
    MD5,
    downloaded_images,
    load_cifar10,
    mirrored_images,
    published_images,
    verified_images,
)
from unit.data.batches import Calls, pickled


@pytest.fixture
def contents(monkeypatch) -> dict[str, bytes]:
    """Six batches of two images, to be taken for the publisher's."""
    rng = np.random.default_rng(0)
    found = {
        name: pickled({"data": rng.integers(0, 256, (2, 3072), np.uint8), "labels": [k, 9]})
        for k, name in enumerate(MD5)
    }
    digests = {name: hashlib.md5(body).hexdigest() for name, body in found.items()}
    monkeypatch.setattr(cifar10, "MD5", digests)
    return found


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch) -> Path:
    """A mirror that is in use, without files."""
    monkeypatch.setenv("PROOFSHEET_MIRROR", str(tmp_path / "mirror"))
    (tmp_path / "mirror/cifar10").mkdir(parents=True)
    return tmp_path / "mirror/cifar10"


def packed(path: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:xz") as archive:
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))


def test_the_batches_of_a_mirror(mirror: Path, contents) -> None:
    packed(mirror / "cifar-10-python.tar.xz", {f"{FOLDER}/{n}": b for n, b in contents.items()})
    (x, y), (test_x, test_y) = mirrored_images()
    assert (x.shape, test_x.shape) == ((10, 32, 32, 3), (2, 32, 32, 3))
    assert y.tolist() == [0, 9, 1, 9, 2, 9, 3, 9, 4, 9]
    assert test_y.tolist() == [5, 9]


@pytest.mark.parametrize("name", MD5)
def test_a_batch_of_another_checksum_is_never_read(mirror: Path, contents, name: str) -> None:
    trace = mirror / "it was called"
    contents[name] = pickled(Calls(Path.touch, trace))
    packed(mirror / "cifar-10-python.tar.xz", {f"{FOLDER}/{n}": b for n, b in contents.items()})
    with pytest.raises(ValueError, match=rf"{name} is not the publisher's: its md5 is \w+, not"):
        mirrored_images()
    assert not trace.exists()


def test_a_missing_batch_is_named(mirror: Path, contents) -> None:
    del contents["data_batch_4"]
    packed(mirror / "cifar-10-python.tar.gz", {f"{FOLDER}/{n}": b for n, b in contents.items()})
    with pytest.raises(ValueError, match="data_batch_4 is missing"):
        mirrored_images()


def test_nothing_else_is_unpacked(mirror: Path, contents, monkeypatch) -> None:
    places = []
    monkeypatch.setattr(
        cifar10, "verified_images",
        lambda folder: places.append(sorted(p.name for p in folder.parent.rglob("*"))),
    )  # fmt: skip
    members = {f"{FOLDER}/{n}": b for n, b in contents.items()}
    strangers = {f"../{FOLDER}/data_batch_1": b"", f"{FOLDER}/readme.html": b"", "setup.py": b""}
    packed(mirror / "cifar-10-python.tar.xz", {**strangers, **members})
    mirrored_images()
    assert places == [[FOLDER, *MD5]]


def test_without_mirror_and_network_there_are_none(monkeypatch, mirror: Path) -> None:
    def unreachable(*address, **options):
        raise OSError("no network")

    monkeypatch.setattr(cifar10.socket, "create_connection", unreachable)
    assert mirrored_images() is downloaded_images() is published_images() is None


def test_then_drawn_objects_stand_in_and_it_is_said(monkeypatch, capsys) -> None:
    monkeypatch.setattr(cifar10, "published_images", lambda: None)
    (x, y), (test_x, test_y) = load_cifar10(drawn=60, seed=0)
    assert "NOT THE REAL DATA" in capsys.readouterr().out
    assert x.shape == (50, 32, 32, 3)
    assert test_x.shape == (10, 32, 32, 3)
    assert np.bincount(np.concatenate([y, test_y])).tolist() == [6] * 10


def test_the_checksums_are_those_of_torchvision() -> None:
    datasets = pytest.importorskip("torchvision.datasets")
    published = datasets.CIFAR10
    assert dict([*published.train_list, *published.test_list]) == MD5
    assert published.base_folder == FOLDER


def test_what_is_read_is_a_verified_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="data_batch_1 is missing"):
        verified_images(tmp_path)
