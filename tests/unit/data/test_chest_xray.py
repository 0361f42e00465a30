"""Chest X-rays from their three sources, patients on one side, and what is refused."""

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from proofsheet.data import chest_xray, load, pneumoniamnist
from proofsheet.data.chest_xray import read_image, read_name
from proofsheet.data.prepare import prepare
from proofsheet.data.sources import kaggle
from proofsheet.data.sources.mirror import read_mirror
from proofsheet.jobs.atomic_files import read_arrays
from unit.data.images import mirror_of
from unit.data.kaggle_client import VARIABLES, api, connect
from unit.data.support import Answer
from user_errors import refused

FEW = {"train": (8, 12), "val": (1, 1), "test": (3, 4)}
TOKEN = "a-secret-token-0123456789"


def names() -> list[str]:
    """Published names of `FEW` images: two of each patient, as there are in the real data."""
    found = []
    for part, (normal, ill) in FEW.items():
        start = {"train": 200, "val": 900, "test": 1}[part]
        for i in range(normal):
            series = "IM" if i % 4 < 2 else "NORMAL2-IM"
            found.append(f"{part}/NORMAL/{series}-{start + i // 4:04d}-000{1 + i % 2}.jpeg")
        for i in range(ill):
            kind = "virus" if (i // 2) % 2 else "bacteria"
            found.append(f"{part}/PNEUMONIA/person{start + i // 2}_{kind}_{i}.jpeg")
    return found


def jpeg(seed: int, size: tuple[int, int] = (224, 224), mode: str = "L") -> bytes:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (7, 7), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(coarse).resize(size).convert(mode).save(file, "JPEG", quality=90)
    return file.getvalue()


@pytest.fixture(autouse=True)
def few(request, monkeypatch, tmp_path):
    """Few images, a host where nothing listens, and nobody's token."""
    monkeypatch.setattr(kaggle, "HOST", "http://127.0.0.1:9")
    monkeypatch.setattr(chest_xray, "HOST", "http://127.0.0.1:9")
    monkeypatch.setattr(pneumoniamnist, "HOST", "http://127.0.0.1:9")
    monkeypatch.setattr(chest_xray, "STANDIN_IMAGES", {"train": 40, "test": 10})
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    if not request.node.get_closest_marker("mirror"):
        monkeypatch.setattr(chest_xray, "COUNTS", FEW)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Gray files and one in color, of one size and of others, as published."""
    sizes = ((224, 224), (500, 300), (260, 240))
    return {name: jpeg(i, sizes[i % 3], "RGB" if i == 3 else "L") for i, name in enumerate(names())}


def in_mirror(root: Path, files: dict[str, bytes]) -> Path:
    for name, body in files.items():
        path = root / "chest_xray" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    listing = "".join(f"{hashlib.md5(body).hexdigest()}  {name}\n" for name, body in files.items())
    return mirror_of(root, "chest_xray", {"MD5SUMS": listing.encode()})


def read(root: Path, workspace: Path | None = None):
    return chest_xray.mirror(read_mirror(root)["chest_xray"], workspace or root)


@pytest.mark.parametrize(
    ("name", "label", "series", "number", "kind"),
    [
        ("train/PNEUMONIA/person1000_bacteria_2931.jpeg", 1, "person", 1000, "bacteria"),
        ("test/PNEUMONIA/person1_virus_11.jpeg", 1, "person", 1, "virus"),
        ("train/NORMAL/IM-0115-0001.jpeg", 0, "IM", 115, "normal"),
        ("train/NORMAL/NORMAL2-IM-0383-0001-0002.jpeg", 0, "NORMAL2-IM", 383, "normal"),
    ],
)
def test_a_name_tells_class_and_patient(name, label, series, number, kind):
    found = read_name(name)
    assert found.label == label
    assert chest_xray.SERIES[found.series] == series
    assert found.number == number
    assert chest_xray.KINDS[found.kind] == kind


@pytest.mark.parametrize(
    "name",
    [
        "train/NORMAL/person1_virus_2.jpeg", "train/PNEUMONIA/IM-0001-0001.jpeg", "train/x.jpeg",
        "other/NORMAL/IM-0001-0001.jpeg", "train/NORMAL/IM-0001-0001.png", "",
    ],
)  # fmt: skip
def test_another_name_is_refused(name):
    with pytest.raises(ValueError, match="is not a published name"):
        read_name(name)


def test_an_image_becomes_gray_levels_of_one_size():
    kinds = [((224, 224), "L"), ((900, 700), "L"), ((300, 500), "RGB")]
    for size, mode in kinds:
        found = read_image(jpeg(5, size, mode))
        assert found.shape == (224, 224)
        assert found.dtype == np.uint8
        with Image.open(io.BytesIO(jpeg(5))) as same:
            assert np.abs(found.astype(int) - np.asarray(same).astype(int)).mean() < 6


@pytest.fixture(scope="module")
def archive(files) -> bytes:
    """The archive, with the folders twice, as Kaggle has them."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        for name, content in files.items():
            packed.writestr(f"chest_xray/{name}", content)
            packed.writestr(f"chest_xray/chest_xray/{name}", content)
            packed.writestr(f"chest_xray/__MACOSX/{Path(name).parent}/._{Path(name).name}", b"x")
    return body.getvalue()


@pytest.fixture
def ask(server, tmp_path, monkeypatch):
    """Ask the client, whose address is the test's server, with a token."""
    connect(server, tmp_path / "home", monkeypatch)
    monkeypatch.setenv("KAGGLE_API_TOKEN", TOKEN)
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return lambda: chest_xray.official(workspace)


def test_the_client_and_the_mirror_give_the_same_images(server, archive, files, tmp_path, ask):
    server.script = [api(Answer(archive))]
    official, mirrored = ask(), read(in_mirror(tmp_path / "mirror", files), tmp_path)
    assert mirrored.arrays.keys() == official.arrays.keys()
    for name, array in mirrored.arrays.items():
        np.testing.assert_array_equal(official.arrays[name], array)
    assert official.official
    assert len(official.arrays["x"]) == 27
    assert all(TOKEN not in asked for asked in server.asked)


TROUBLES = {
    "error": (lambda a: Answer(status=500), "500"),
    "truncated": (lambda a: Answer(a[: len(a) // 2], announced=len(a)), "ChunkedEncodingError"),
    "a page to log in": (lambda a: Answer(b"<html>please log in</html>"), "is not a zip file"),
    "a flipped byte": (lambda a: Answer(a[:600] + b"\0\0\0" + a[603:]), "not a whole JPEG image"),
    "images missing": (lambda a: Answer(without_test(a)), r"zip: test has \[0, 0\] images"),
}


def without_test(archive: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as whole, zipfile.ZipFile(body, "w") as part:
        for name in whole.namelist():
            if name.startswith("chest_xray/") and "/test/" not in name:
                part.writestr(name, whole.read(name))
    return body.getvalue()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_tried_again_and_then_told_without_the_token(
    server, archive, ask, caplog, capfd, trouble
):
    answer, told = TROUBLES[trouble]
    server.script = [api(answer(archive))]
    with caplog.at_level("DEBUG"):
        message = refused(told, ask)
    assert "3 attempts" in message
    assert "data.mirror" in message
    assert len(server.asked) >= 3
    printed = capfd.readouterr()
    assert TOKEN not in message + caplog.text + printed.out + printed.err


def test_an_archive_that_unpacks_to_too_much_is_refused(archive, monkeypatch, ask, server):
    monkeypatch.setattr(chest_xray, "LIMIT", 10_000)
    server.script = [api(Answer(archive))]
    refused("holds more than the 10,000 bytes", ask)


def test_a_mirror_is_prepared_and_read_back(files, tmp_path):
    root = in_mirror(tmp_path / "mirror", files)
    record = prepare("chest_xray", "mirror", str(root), 0, tmp_path / "data")
    assert record["counts"]["test"]["per_class"] == {"Normal": 3, "Pneumonia": 4}
    assert sum(record["counts"][part]["total"] for part in ("train", "val")) == 20
    assert [file["name"] for file in record["files"]] == ["MD5SUMS"]
    data = load(tmp_path / "data")
    assert len(data.train) + len(data.val) == 20


WRONG_FILES = {
    "one too few": (lambda f: dict(list(f.items())[1:]), r"train has \[7, 12\] images"),
    "a foreign name": (
        lambda f: {**f, "train/NORMAL/holiday.jpeg": jpeg(0)}, "holiday.jpeg is not a published",
    ),
    "a truncated image": (
        lambda f: {**f, names()[0]: f[names()[0]][:-400]}, "is not a whole JPEG image",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG_FILES)
def test_files_that_are_not_as_published_are_refused_though_they_are_listed(files, tmp_path, wrong):
    change, told = WRONG_FILES[wrong]
    refused(told, read, in_mirror(tmp_path, change(dict(files))))


@pytest.mark.parametrize("above", ["", "chest_xray/", "archive/chest_xray/"])
def test_a_mirror_may_hold_the_zip_of_kaggle(files, tmp_path, above):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        for name, content in files.items():
            packed.writestr(f"{above}{name}", content)
        packed.writestr(f"{above}train/.DS_Store", b"x")
        packed.writestr(f"{above}train/NORMAL/._IM-0001-0001.jpeg", b"x")
    root = mirror_of(tmp_path / "zip", "chest_xray", {"archive.zip": body.getvalue()})
    expected = read(in_mirror(tmp_path / "files", files)).arrays
    found = read(root, tmp_path)
    for name, array in expected.items():
        np.testing.assert_array_equal(found.arrays[name], array)
    assert [file["name"] for file in found.files] == ["archive.zip"]


def test_a_listing_may_name_what_an_operating_system_left(files, tmp_path):
    """`find . -type f -exec md5sum {} +` lists these too."""
    left = {"train/.DS_Store": b"x", "train/NORMAL/._IM-0001-0001.jpeg": b"x", "Thumbs.db": b"x"}
    found = read(in_mirror(tmp_path, {**files, **left}))
    assert len(found.arrays["y"]) == 27


def test_no_patient_is_on_two_sides_of_the_standin(tmp_path):
    record = prepare("chest_xray", "standin", "", 0, tmp_path)
    assert record["patients_in_train_and_val"] == 0
    assert record["numbers_in_test_and_train"] == 0
    sides = [set(read_arrays(tmp_path / f"{p}.npz")["patient"].tolist()) for p in ("train", "val")]
    assert sides[0]
    assert sides[1]
    assert not sides[0] & sides[1]
    assert load(tmp_path).standin


@pytest.mark.mirror
def test_the_real_radiographs(mirror, tmp_path):
    record = prepare("chest_xray", "mirror", str(mirror), 0, tmp_path)
    data = load(tmp_path)
    assert len(data.train) + len(data.val) == 5216
    assert np.bincount(data.test.y).tolist() == [234, 390]
    assert record["patients_in_train_and_val"] == 0
    columns = {part: read_arrays(tmp_path / f"{part}.npz") for part in ("train", "val", "test")}
    patients = {part: set(found["patient"].tolist()) for part, found in columns.items()}
    assert not patients["train"] & patients["val"]
    # Numbers of the ill come back in the test images, but always with the other kind of pneumonia.
    assert len(patients["test"] & (patients["train"] | patients["val"])) == 170
    assert record["same_number_and_kind"] == 0
    for share in (np.mean(data.train.y), np.mean(data.val.y)):
        assert abs(share - 3875 / 5216) < 0.02
