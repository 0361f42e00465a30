"""BloodMNIST from its three sources, and what is refused."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from proofsheet.data import bloodmnist, load
from proofsheet.data.prepare import prepare
from proofsheet.data.sources import client
from proofsheet.data.sources.mirror import read_mirror
from unit.data.images import TROUBLES, gives_up, labelled_images, mirror_of, npz, serving, troubles
from user_errors import refused

FEW = {
    "train": (5, 9, 6, 8, 5, 6, 10, 7),
    "val": (1, 2, 1, 2, 1, 1, 2, 1),
    "test": (2, 3, 2, 3, 2, 2, 3, 2),
}
"""Images of each type in these tests: 56, 11 and 19."""

PUBLISHED = bloodmnist.COUNTS
MD5 = "7053d0359d879ad8a5505303e11de1dc"


@pytest.fixture(autouse=True)
def few(request, monkeypatch):
    """Few images, and a host where nothing listens."""
    monkeypatch.setattr(bloodmnist, "HOST", "http://127.0.0.1:9")
    monkeypatch.setattr(bloodmnist, "STANDIN_CELLS", 300)
    if not request.node.get_closest_marker("mirror"):
        monkeypatch.setattr(bloodmnist, "COUNTS", FEW)


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    """The six arrays of the archive, as published."""
    result = {}
    for seed, (part, counts) in enumerate(FEW.items()):
        x, y = labelled_images(bloodmnist.SIZE, counts, seed)
        result |= {f"{part}_images": x, f"{part}_labels": y[:, None]}
    return result


@pytest.fixture(scope="module")
def archive(arrays) -> bytes:
    return npz(**arrays)


def read(root: Path):
    return bloodmnist.mirror(read_mirror(root)["bloodmnist"], root)


def in_mirror(root: Path, body: bytes) -> Path:
    return mirror_of(root, "bloodmnist", {bloodmnist.FILE: body})


@pytest.fixture
def ask(server, archive, tmp_path, monkeypatch):
    """Ask the client, whose address is the test's server and whose checksum is the test's."""
    import medmnist

    told = medmnist.INFO["bloodmnist"]
    monkeypatch.setitem(told, "url", f"{server.url}/bloodmnist.npz?download=1")
    monkeypatch.setitem(told, "MD5", hashlib.md5(archive).hexdigest())
    monkeypatch.setattr(bloodmnist, "HOST", server.url)
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return lambda: bloodmnist.official(workspace)


def test_the_client_and_the_mirror_give_the_same_images(server, archive, arrays, tmp_path, ask):
    server.script = [serving({"bloodmnist.npz": archive})]
    official, mirrored = ask(), read(in_mirror(tmp_path, archive))
    for name, array in mirrored.arrays.items():
        np.testing.assert_array_equal(official.arrays[name], array)
    np.testing.assert_array_equal(official.arrays["x"][-19:], arrays["test_images"])
    assert official.official
    assert official.files == [
        {
            "name": "bloodmnist.npz",
            "bytes": len(archive),
            "md5": hashlib.md5(archive).hexdigest(),
            "verified": "md5 of medmnist",
        }
    ]


def test_the_client_knows_the_file_the_counts_and_the_types_that_we_do(monkeypatch):
    import medmnist

    monkeypatch.undo()
    told = medmnist.INFO["bloodmnist"]
    assert told["MD5"] == MD5
    assert told["url"].startswith(f"{bloodmnist.HOST}/")
    assert told["n_samples"] == {part: sum(counts) for part, counts in PUBLISHED.items()}
    for name, label in zip(bloodmnist.INFO.class_names, told["label"].values(), strict=True):
        assert label.startswith(name.lower().split(" (")[0])


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_tried_again_and_then_told(server, archive, ask, monkeypatch, trouble):
    answer, told = troubles(archive)[trouble]
    monkeypatch.setattr(client, "SILENCE", 0.3 if trouble == "silence" else 9)
    server.script = [serving({"bloodmnist.npz": answer})]
    gives_up(told, server, ask, "BloodMNIST by medmnist")


def test_the_archive_becomes_arrays_and_keeps_its_division(archive, arrays, tmp_path):
    found = read(in_mirror(tmp_path, archive))
    divided = bloodmnist.divide(found, 0)
    for part in FEW:
        np.testing.assert_array_equal(divided.parts[part]["x"], arrays[f"{part}_images"])
        np.testing.assert_array_equal(divided.parts[part]["y"], arrays[f"{part}_labels"][:, 0])
        assert divided.parts[part]["y"].dtype == np.int64
    assert divided.facts["images_on_two_sides"] == 0


def without(arrays, name):
    return {key: value for key, value in arrays.items() if key != name}


DAMAGES = {
    "truncated": (lambda a: npz(**a)[:-5000], "is not a readable .npz"),
    "no test labels": (
        lambda a: npz(**without(a, "test_labels")),
        r"no array 'test_labels' .it has: train_images, train_labels, ",
    ),
    "other counts": (
        lambda a: npz(**{**a, "train_labels": a["train_labels"] * 0}),
        r"npz, train: images of each class are \[56, 0, ",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_archive_that_is_not_as_published_is_refused_though_it_is_listed(
    arrays, tmp_path, damage
):
    body, told = DAMAGES[damage]
    assert bloodmnist.FILE in refused(told, read, in_mirror(tmp_path, body(arrays)))


@pytest.mark.mirror
def test_the_real_cells(mirror, tmp_path):
    record = prepare("bloodmnist", "mirror", str(mirror), 0, tmp_path)
    for part, counts in PUBLISHED.items():
        assert list(record["counts"][part]["per_class"].values()) == list(counts)
    assert {part: record["counts"][part]["total"] for part in PUBLISHED} == {
        "train": 11_959, "val": 1_712, "test": 3_421,
    }  # fmt: skip
    assert not record["standin"]
    assert record["files"][0]["name"] == "bloodmnist.npz"
    assert record["official"] == (record["files"][0].get("md5") == MD5)
    # The source has identical photographs, and a copy with another division has them elsewhere.
    assert record["images_on_two_sides"] < 20
    assert load(tmp_path).test.x.shape == (3421, 28, 28, 3)
