"""MedMNIST's radiographs, which `auto` takes where Kaggle gives nothing."""

import hashlib
import logging

import numpy as np
import pytest

from proofsheet.data import chest_xray, load, pneumoniamnist
from proofsheet.data.prepare import prepare
from proofsheet.data.sources import kaggle
from proofsheet.jobs.atomic_files import read_arrays
from unit.data.images import labelled_images, mirror_of, npz, serving
from unit.data.kaggle_client import connect
from unit.data.support import Answer
from user_errors import refused

FEW = {"train": (4, 6), "val": (2, 3), "test": (3, 5)}
PUBLISHED = pneumoniamnist.COUNTS


@pytest.fixture(scope="module")
def archive() -> bytes:
    arrays = {}
    for seed, (part, counts) in enumerate(FEW.items()):
        x, y = labelled_images((224, 224), counts, seed)
        arrays |= {f"{part}_images": x, f"{part}_labels": y[:, None]}
    return npz(**arrays)


@pytest.fixture(autouse=True)
def medmnist_is(server, archive, tmp_path, monkeypatch):
    """The test's server in the place of Zenodo and of Kaggle, nobody's token, few images."""
    import medmnist

    connect(server, tmp_path / "home", monkeypatch)
    monkeypatch.setattr(pneumoniamnist, "HOST", server.url)
    monkeypatch.setattr(pneumoniamnist, "COUNTS", FEW)
    monkeypatch.setattr(chest_xray, "STANDIN_IMAGES", {"train": 40, "test": 10})
    told = medmnist.INFO["pneumoniamnist"]
    monkeypatch.setitem(told, "url_224", f"{server.url}/pneumoniamnist_224.npz?download=1")
    monkeypatch.setitem(told, "MD5_224", hashlib.md5(archive).hexdigest())
    server.script = [serving({"pneumoniamnist_224.npz": archive})]


def test_auto_takes_it_without_a_token_and_says_so(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("proofsheet"), "propagate", True)
    record = prepare("chest_xray", "auto", "", 0, tmp_path / "data")
    assert (record["source"], record["official"], record["standin"]) == ("medmnist", False, False)
    for part in ("center-cropped", "gray", "224×224", "patient"):
        assert part in record["note"]
    assert record["files"][0]["name"] == "pneumoniamnist_224.npz"
    assert record["patients_known"] is False
    (warning,) = {r.getMessage() for r in caplog.records if r.levelno == logging.WARNING}
    assert "Kaggle needs a token" in warning
    assert "MedMNIST" in warning
    assert "\n" not in warning


def test_it_keeps_its_division_and_counts_each_image_as_a_patient(tmp_path):
    record = prepare("chest_xray", "auto", "", 0, tmp_path / "data")
    data = load(tmp_path / "data")
    assert [len(part) for part in (data.train, data.val, data.test)] == [10, 5, 8]
    assert (data.test.x.shape[1:], data.test.x.dtype) == ((224, 224), np.uint8)
    assert not data.standin
    columns = [read_arrays(tmp_path / f"data/{part}.npz") for part in FEW]
    patients = np.concatenate([found["patient"] for found in columns])
    assert len(set(patients.tolist())) == 23
    for found in columns:
        expected = np.where(found["y"] == 1, pneumoniamnist.UNKNOWN_KIND, 0)
        np.testing.assert_array_equal(found["kind"], expected)
    assert pneumoniamnist.UNKNOWN_KIND not in range(len(chest_xray.KINDS))
    assert record["images_on_two_sides"] == 0
    assert record["patients"] == {"train": 10, "val": 5, "test": 8}


def test_a_mirror_may_hold_it(archive, tmp_path):
    root = mirror_of(tmp_path / "mirror", "chest_xray", {"pneumoniamnist_224.npz": archive})
    record = prepare("chest_xray", "mirror", str(root), 0, tmp_path / "data")
    assert (record["source"], record["official"]) == ("mirror", False)
    assert "MedMNIST" in record["note"]
    assert record["counts"]["val"]["total"] == 5


def test_official_asks_kaggle_alone(server, tmp_path):
    refused("Kaggle needs a token", prepare, "chest_xray", "official", "", 0, tmp_path / "data")
    assert not server.asked


@pytest.mark.parametrize("answer", [Answer(status=500), Answer(b"<html>log in</html>")])
def test_the_standin_comes_after_it(server, tmp_path, caplog, monkeypatch, answer):
    monkeypatch.setattr(logging.getLogger("proofsheet"), "propagate", True)
    server.script = [answer]
    assert prepare("chest_xray", "auto", "", 0, tmp_path / "data")["source"] == "standin"
    assert "PneumoniaMNIST by medmnist" in caplog.text
    assert "Kaggle needs a token" in caplog.text


def test_where_no_source_can_be_asked_each_is_named(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("proofsheet"), "propagate", True)
    monkeypatch.setattr(kaggle, "HOST", "http://127.0.0.1:9")
    monkeypatch.setattr(chest_xray, "HOST", "http://127.0.0.1:9")
    monkeypatch.setattr(pneumoniamnist, "HOST", "http://127.0.0.2:9")
    assert prepare("chest_xray", "auto", "", 0, tmp_path / "data")["source"] == "standin"
    assert "Kaggle needs a token" in caplog.text
    assert "127.0.0.2:9 cannot be reached" in caplog.text


def test_the_client_knows_the_file_and_the_counts_that_we_do(monkeypatch):
    import medmnist

    monkeypatch.undo()
    told = medmnist.INFO["pneumoniamnist"]
    assert told["MD5_224"] == "d6a3c71de1b945ea11211b03746c1fe1"
    assert told["url_224"].startswith(f"{pneumoniamnist.HOST}/")
    assert told["n_samples"] == {part: sum(counts) for part, counts in PUBLISHED.items()}
    assert list(told["label"].values()) == [n.lower() for n in chest_xray.INFO.class_names]
    # The test images are Kaggle's; training and validation together are its other two folders.
    assert PUBLISHED["test"] == chest_xray.COUNTS["test"]
    for k in (0, 1):
        theirs = PUBLISHED["train"][k] + PUBLISHED["val"][k]
        assert theirs == chest_xray.COUNTS["train"][k] + chest_xray.COUNTS["val"][k]
