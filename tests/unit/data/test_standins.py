"""Stand-ins: the shapes, columns and proportions of the real data, and something to learn."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from proofsheet.data import bloodmnist, chest_xray, cifar10, cifar100, load, mnist, scipy_images
from proofsheet.data import dry_bean as beans
from proofsheet.data.cifar10 import CIFAR10
from proofsheet.data.cifar100 import CIFAR100
from proofsheet.data.prepare import prepare
from proofsheet.data.publisher_splits import verified_images
from proofsheet.data.registry import dataset_module
from proofsheet.data.standins import noise_beans, noise_images, scaled
from unit.data.batches import small

# Rows of each part with the sizes below, and the shape of one row.
PARTS = {
    "dry_bean": ((180, 60, 60), (16,)),
    "mnist": ((714, 143, 143), (28, 28)),
    "bloodmnist": ((700, 100, 200), (28, 28, 3)),
    "cifar10": ((450, 50, 100), (32, 32, 3)),
    "cifar100": ((450, 50, 100), (32, 32, 3)),
    "chest_xray": ((205, 35, 60), (224, 224)),
}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(mnist, "STANDIN_DIGITS", 1000)
    monkeypatch.setattr(bloodmnist, "STANDIN_CELLS", 1000)
    monkeypatch.setattr(cifar10, "standin", small(CIFAR10, 20, 4).standin)
    monkeypatch.setattr(cifar100, "standin", small(CIFAR100, 3, 2).standin)
    monkeypatch.setattr(chest_xray, "STANDIN_IMAGES", {"train": 240, "test": 60})


@pytest.mark.parametrize("name", PARTS)
def test_a_standin_has_the_format_of_the_real_data_and_is_the_seed_s_alone(tmp_path, name):
    module, (rows, shape) = dataset_module(name), PARTS[name]
    found = module.standin(3)
    x, y = found.arrays["x"], found.arrays["y"]
    assert not np.array_equal(x, module.standin(4).arrays["x"])
    assert len({row.tobytes() for row in x}) == len(x)
    assert (found.official, found.files) == (False, [])
    assert "not the real data" in found.note
    counts = np.bincount(y, minlength=len(module.INFO.class_names))
    assert min(counts) > 0
    if module is beans:
        assert (x.dtype, y.dtype) == (np.float64, np.int64)
        beans._verify_geometry(x, "the stand-in")
    else:
        verified_images(x, y, shape, counts.tolist(), "the stand-in")

    for folder in ("one", "two"):
        record = prepare(name, "standin", "", 0, tmp_path / folder)
    assert record.get("images_on_two_sides", 0) == 0
    data = load(tmp_path / "one")
    assert tuple(len(part) for part in (data.train, data.val, data.test)) == rows
    assert data.train.x.shape[1:] == shape
    assert data.standin
    for file in ("source.json", "train.npz", "val.npz", "test.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("name", ["dry_bean", "mnist", "bloodmnist", "cifar10", "chest_xray"])
def test_a_linear_model_learns_a_standin_and_still_errs(name):
    found = dataset_module(name).standin(0)
    y = found.arrays["y"]
    x = found.arrays["x"].reshape(len(y), -1)
    x = x[:, :: max(1, x.shape[1] // 800)].astype(float)
    reduced = [PCA(60, random_state=0)] if x.shape[1] > 60 else []
    model = make_pipeline(*reduced, StandardScaler(), LogisticRegression(max_iter=300))
    cut = len(y) * 3 // 4
    assert 0.6 < model.fit(x[:cut], y[:cut]).score(x[cut:], y[cut:]) < 0.99


def test_classes_are_as_frequent_as_in_the_real_data():
    counts = scaled(tuple(beans.COUNTS.values()), 3000)
    assert counts.sum() == 3000
    shares = np.array(list(beans.COUNTS.values())) / sum(beans.COUNTS.values())
    np.testing.assert_allclose(counts / 3000, shares, atol=1 / 3000)
    assert scaled([1, 10_000], 5).tolist() == [1, 5]  # no class is lost
    for labels in (noise_beans([3, 5], 0)[1], noise_images([3, 5], (6, 6), 0)[1]):
        assert np.bincount(labels).tolist() == [3, 5]


def test_radiographs_come_two_of_a_patient_who_has_one_class_and_is_in_one_part():
    arrays = chest_xray.standin(0).arrays
    patient = arrays["series"].astype(int) * 1_000_000 + arrays["number"]
    for known in np.unique(patient):
        rows = patient == known
        assert rows.sum() <= 2
        for column in ("y", "part", "kind"):
            assert len(np.unique(arrays[column][rows])) == 1
    assert set(np.unique(arrays["kind"])) == {0, 1, 2}
    assert ((arrays["kind"] > 0) == (arrays["y"] == 1)).all()


def test_pictures_are_smooth_noise_of_the_real_sizes():
    for name, picture in scipy_images.standin(0).arrays.items():
        assert picture.shape == scipy_images.SHAPES[name]
        assert picture.std() > 20
        assert abs(np.diff(picture.astype(int), axis=0)).mean() < 2
