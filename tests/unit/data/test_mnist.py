"""MNIST from its three sources, how it is divided, and what is refused."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from proofsheet.data import load, mnist
from proofsheet.data.mnist_files import read_idx
from proofsheet.data.prepare import prepare
from proofsheet.data.publisher_splits import verified_images
from proofsheet.data.sources import client
from proofsheet.data.sources.mirror import read_mirror
from unit.data.images import (
    TROUBLES,
    gives_up,
    gz,
    idx,
    labelled_images,
    mirror_of,
    serving,
    troubles,
)
from user_errors import refused

FEW = {"train": (*range(12, 21), 24), "test": (3,) * 10}
"""Images of each digit in these tests: 168 and 30."""

PUBLISHED = mnist.COUNTS


@pytest.fixture(autouse=True)
def few(request, monkeypatch):
    """Few images, and a host where nothing listens."""
    monkeypatch.setattr(mnist, "HOST", "http://127.0.0.1:9/")
    if not request.node.get_closest_marker("mirror"):
        monkeypatch.setattr(mnist, "COUNTS", FEW)


@pytest.fixture(scope="module")
def parts() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {
        name: labelled_images(mnist.SIZE, counts, seed)
        for seed, (name, counts) in enumerate(FEW.items())
    }


@pytest.fixture(scope="module")
def files(parts) -> dict[str, bytes]:
    """The four files, as published."""
    return {
        name: gz(idx(array))
        for part, names in mnist.FILES.items()
        for name, array in zip(names, parts[part], strict=True)
    }


def read(root: Path):
    return mnist.mirror(read_mirror(root)["mnist"], root)


SMALL = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
PACKED = gz(idx(SMALL))


@pytest.mark.parametrize("shape", [(24,), (4, 6), (2, 3, 4), (2, 3, 2, 2)])
def test_idx_of_any_shape_is_read(tmp_path, shape):
    path = tmp_path / "a.gz"
    path.write_bytes(gz(idx(SMALL.reshape(shape))))
    found = read_idx(path, shape)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, SMALL.reshape(shape))


OTHER = r"does not hold unsigned bytes of shape \(2, 3, 4\)"
DAMAGED = {
    "empty": (b"", OTHER),
    "cut": (PACKED[:-12], "cannot be unpacked"),
    "a byte flipped": (PACKED[:-6] + bytes([PACKED[-6] ^ 1]) + PACKED[-5:], "CRC check failed"),
    "something else": (gz(b"<html>please log in</html>"), OTHER),
    "floats": (gz(idx(SMALL, kind=0x0D)), OTHER),
    "other sizes": (gz(idx(SMALL[:1])), OTHER),
    "too short": (gz(idx(SMALL)[:-1]), OTHER),
    "endless": (gz(idx(SMALL) + bytes(10_000_000)), OTHER),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_idx_that_is_damaged_is_refused(tmp_path, damage):
    body, told = DAMAGED[damage]
    path = tmp_path / "a.gz"
    path.write_bytes(body)
    with pytest.raises(ValueError, match=told) as caught:
        read_idx(path, SMALL.shape)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def change(**other):
    x, y = labelled_images((2, 2), (3, 4), 0)
    return {"x": x, "y": y} | other


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (change(x=np.zeros((7, 2, 3), np.uint8)), r"images are \(7, 2, 3\) uint8, expected \(7, 2"),
        (change(x=np.zeros((7, 2, 2))), r"images are \(7, 2, 2\) float64, expected .* uint8"),
        (change(y=np.zeros(6, np.uint8)), r"labels are \(6,\) uint8, expected \(7,\) integers"),
        (change(y=np.zeros(7)), r"labels are \(7,\) float64"),
        (change(y=np.array([0, 0, 0, 1, 1, 1, 2])), r"labels are 0 … 2, expected 0 … 1"),
        (change(y=np.array([0, 0, 0, 1, 1, 1, -1])), r"labels are -1 … 1"),
        (change(y=np.array([0, 0, 0, 0, 1, 1, 1])), r"are \[4, 3\], expected \[3, 4\]"),
    ],
)
def test_images_that_are_not_as_published_are_told(changed, told):
    with pytest.raises(ValueError, match=f"here: .*{told}"):
        verified_images(**changed, size=(2, 2), counts=(3, 4), origin="here")


def test_labels_become_int64_in_one_row():
    x, y = labelled_images((2, 2), (3, 4), 0)
    images, labels = verified_images(x, y[:, None], (2, 2), (3, 4), "here")
    assert images is x
    assert (labels.shape, labels.dtype) == ((7,), np.int64)


@pytest.fixture
def ask(server, files, tmp_path, monkeypatch):
    """Ask the client, whose mirror is the test's server and whose checksums are the test's."""
    from torchvision.datasets import MNIST

    sums = [(name, hashlib.md5(files[name]).hexdigest()) for name, _ in MNIST.resources]
    monkeypatch.setattr(MNIST, "resources", sums)
    monkeypatch.setattr(MNIST, "mirrors", [f"{server.url}/"])
    monkeypatch.setattr(mnist, "HOST", f"{server.url}/")
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return lambda: mnist.official(workspace)


def test_the_client_and_the_mirror_give_the_same_images(server, files, tmp_path, ask, parts):
    server.script = [serving(files)]
    official, mirrored = ask(), read(mirror_of(tmp_path, "mnist", files))
    for name, array in mirrored.arrays.items():
        np.testing.assert_array_equal(official.arrays[name], array)
    np.testing.assert_array_equal(official.arrays["x"][-30:], parts["test"][0])
    np.testing.assert_array_equal(official.arrays["y"][:168], parts["train"][1])
    assert official.official
    assert {r["name"]: r["md5"] for r in official.files} == {
        name: hashlib.md5(body).hexdigest() for name, body in files.items()
    }


def test_the_client_asks_where_we_say_and_knows_our_files(monkeypatch):
    from torchvision.datasets import MNIST

    monkeypatch.undo()
    assert mnist.HOST in MNIST.mirrors
    assert {name for name, _ in MNIST.resources} == {n for ns in mnist.FILES.values() for n in ns}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_tried_again_and_then_told(server, files, ask, monkeypatch, trouble):
    name = "t10k-labels-idx1-ubyte.gz"  # the last one that is asked for
    answer, told = troubles(files[name])[trouble]
    monkeypatch.setattr(client, "SILENCE", 0.3 if trouble == "silence" else 9)
    server.script = [serving({**files, name: answer})]
    gives_up(told, server, ask, "MNIST by torchvision")


def test_files_that_are_mixed_up_are_refused(files, tmp_path):
    labels = np.repeat(np.arange(10, dtype=np.uint8), FEW["train"][::-1])
    mixed = {**files, "train-labels-idx1-ubyte.gz": gz(idx(labels))}
    root = mirror_of(tmp_path, "mnist", mixed)
    refused(r"labels-idx1-ubyte.gz: images of each class are \[24, 20", read, root)


def test_validation_is_a_sixth_of_the_training_images_and_the_test_images_stay(
    files, tmp_path, parts
):
    found = read(mirror_of(tmp_path, "mnist", files))
    divided = mnist.divide(found, 0)
    train, val, test = (divided.parts[name] for name in ("train", "val", "test"))
    np.testing.assert_array_equal(test["x"], parts["test"][0])
    np.testing.assert_array_equal(test["y"], parts["test"][1])
    assert not np.array_equal(val["x"], mnist.divide(found, 1).parts["val"]["x"])
    assert len(val["y"]) == round(168 / 6)
    for label, count in enumerate(FEW["train"]):
        assert abs(np.sum(val["y"] == label) - count / 6) < 2
    together = np.concatenate([train["x"], val["x"]])
    assert {x.tobytes() for x in together} == {x.tobytes() for x in parts["train"][0]}
    assert divided.facts["images_on_two_sides"] == 0


def test_an_image_on_two_sides_is_counted(files, tmp_path, parts):
    x = parts["test"][0].copy()
    x[:2] = parts["train"][0][:2]
    repeated = {**files, "t10k-images-idx3-ubyte.gz": gz(idx(x))}
    divided = mnist.divide(read(mirror_of(tmp_path, "mnist", repeated)), 0)
    assert divided.facts["images_on_two_sides"] == 2


@pytest.mark.mirror
def test_the_real_digits(mirror, tmp_path):
    record = prepare("mnist", "mirror", str(mirror), 0, tmp_path)
    counts = {part: list(record["counts"][part]["per_class"].values()) for part in record["counts"]}
    assert {part: sum(count) for part, count in counts.items()} == {
        "train": 50_000, "val": 10_000, "test": 10_000,
    }  # fmt: skip
    assert counts["test"] == list(PUBLISHED["test"])
    assert np.add(counts["train"], counts["val"]).tolist() == list(PUBLISHED["train"])
    assert (record["official"], record["standin"]) == (True, False)
    assert record["images_on_two_sides"] == 0
    data = load(tmp_path)
    assert data.test.y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
