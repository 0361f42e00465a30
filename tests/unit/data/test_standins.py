"""Stand-ins: the shapes, columns and proportions of the real data, and something to learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from proofsheet.data import bloodmnist, chest_xray, cifar10, dry_bean, mnist, scipy_images
from proofsheet.data.publisher_splits import verified_images
from proofsheet.data.standins import noise_beans, noise_images, scaled

MODULES = (dry_bean, mnist, bloodmnist, cifar10, chest_xray)
SIZES = {"mnist": (28, 28), "bloodmnist": (28, 28, 3), "chest_xray": (224, 224)}


def name_of(module) -> str:
    return module.__name__.rsplit(".", 1)[-1]


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_standin_has_the_format_of_the_real_data_and_is_the_seed_s_alone(module) -> None:
    found, again = module.standin(3), module.standin(3)
    for key, array in found.arrays.items():
        np.testing.assert_array_equal(array, again.arrays[key])
    assert not np.array_equal(found.arrays["x"], module.standin(4).arrays["x"])
    x, y = found.arrays["x"], found.arrays["y"]
    assert len({row.tobytes() for row in x}) == len(x)
    assert (found.official, found.files) == (False, [])
    assert "not the real data" in found.note
    if module is dry_bean:
        assert (x.shape[1:], x.dtype, y.dtype) == ((16,), np.float64, np.int64)
        dry_bean._verify_geometry(x, "the stand-in")
    else:
        size = SIZES.get(name_of(module), (32, 32, 3))
        counts = np.bincount(y, minlength=len(module.INFO.class_names))
        verified_images(x, y, size, counts.tolist(), "the stand-in")
        assert min(counts) > 0


@pytest.mark.parametrize(("module", "least"), [
    (dry_bean, 0.7), (mnist, 0.7), (bloodmnist, 0.7), (cifar10, 0.7),
    (chest_xray, 0.8),
], ids=lambda value: name_of(value) if hasattr(value, "__name__") else "")  # fmt: skip
def test_a_linear_model_learns_a_standin_and_still_errs(module, least: float) -> None:
    found = module.standin(0)
    x, y = found.arrays["x"].reshape(len(found.arrays["y"]), -1)[:1500], found.arrays["y"][:1500]
    x = x[:, :: max(1, x.shape[1] // 3000)].astype(float)
    reduced = [PCA(60, random_state=0)] if x.shape[1] > 60 else []
    model = make_pipeline(*reduced, StandardScaler(), LogisticRegression(max_iter=300))
    cut = len(y) * 3 // 4
    assert least < model.fit(x[:cut], y[:cut]).score(x[cut:], y[cut:]) < 0.97


def test_classes_are_as_frequent_as_in_the_real_data() -> None:
    counts = scaled(tuple(dry_bean.COUNTS.values()), 3000)
    assert counts.sum() == 3000
    shares = np.array(list(dry_bean.COUNTS.values())) / sum(dry_bean.COUNTS.values())
    np.testing.assert_allclose(counts / 3000, shares, atol=1 / 3000)
    assert scaled([1, 10_000], 5).tolist() == [1, 5]  # no class is lost
    for labels in (noise_beans([3, 5], 0)[1], noise_images([3, 5], (6, 6), 0)[1]):
        assert np.bincount(labels).tolist() == [3, 5]


def test_radiographs_come_two_of_a_patient_who_has_one_class_and_is_in_one_part() -> None:
    arrays = chest_xray.standin(0).arrays
    patient = arrays["series"].astype(int) * 1_000_000 + arrays["number"]
    for known in np.unique(patient):
        rows = patient == known
        assert rows.sum() <= 2
        for column in ("y", "part", "kind"):
            assert len(np.unique(arrays[column][rows])) == 1
    assert set(np.unique(arrays["kind"])) == {0, 1, 2}
    assert ((arrays["kind"] > 0) == (arrays["y"] == 1)).all()


def test_pictures_are_smooth_noise_of_the_real_sizes() -> None:
    for name, picture in scipy_images.standin(0).arrays.items():
        assert picture.shape == scipy_images.SHAPES[name]
        assert picture.std() > 20
        assert abs(np.diff(picture.astype(int), axis=0)).mean() < 2
