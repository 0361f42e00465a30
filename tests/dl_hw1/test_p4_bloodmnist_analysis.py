"""Features of drawn shapes; counts and shares of errors."""

import numpy as np
import pytest

from problems.dl_hw1.p4_bloodmnist import analysis
from problems.dl_hw1.p4_bloodmnist.model import FEATURES, features, otsu

PLACE = {name: k for k, name in enumerate(FEATURES)}


def disk(radius: float, dark: int = 60, light: int = 230) -> np.ndarray:
    row, column = np.mgrid[:28, :28] - 13.5
    image = np.full((28, 28, 3), light, dtype=np.uint8)
    image[row**2 + column**2 < radius**2] = dark
    return image


def test_features_of_disks():
    small, large, pale = features(np.stack([disk(5), disk(10), disk(10, dark=120)]))
    area = PLACE["nucleus_size"]
    assert small[area] == pytest.approx(np.pi * 25 / 784, rel=0.06)
    assert large[area] > small[area]
    assert large[area] == pale[area]
    assert large[PLACE["nucleus_depth"]] == pytest.approx(60 / 255)
    assert pale[PLACE["nucleus_depth"]] == pytest.approx(120 / 255)
    assert large[PLACE["granularity"]] == 0
    assert large[PLACE["redness"]] == 0
    assert small[PLACE["brightness"]] > large[PLACE["brightness"]]


def test_two_lobes_have_more_outline_than_one():
    lobes = np.minimum(np.roll(disk(5), 6, axis=1), np.roll(disk(5), -6, axis=1))
    one, two = features(np.stack([disk(7), lobes]))
    assert two[PLACE["outline"]] > one[PLACE["outline"]]


def test_otsu_lies_between_two_levels():
    threshold = otsu(np.stack([np.r_[np.full(30, 0.2), np.full(10, 0.8)], np.full(40, 0.5)]))
    assert 0.2 <= threshold[0] < 0.8
    assert np.isfinite(threshold).all()


def test_repeated_images_are_counted():
    images = np.arange(24, dtype=np.uint8).reshape(6, 2, 2)
    assert analysis.repeated(images[:4], images[3:]) == 1
    assert analysis.repeated(images[:3], images[3:]) == 0


def test_most_confused_orders_and_adds():
    confusion = np.array([[9, 3, 0], [4, 9, 1], [2, 0, 9]])
    (first, second) = analysis.most_confused(confusion, "abc")
    assert (first["true"], first["predicted"], first["count"]) == ("b", "a", 4)
    assert second["count"] == 3
    assert analysis.most_confused_pairs(confusion, "abc")[0]["count"] == 7


def test_two_of_each():
    y = np.array([0, 0, 1, 1, 1])
    np.testing.assert_array_equal(y[analysis.two_of_each(y, 2, seed=0)], [[0, 1], [0, 1]])


def test_quadrants_show_as_many_as_there_are():
    p = np.array([[0.95, 0.05], [0.95, 0.05], [0.55, 0.45], [0.8, 0.2], [0.97, 0.03]])
    found = analysis.quadrants(p, np.array([0, 0, 1, 0, 1]), "ab", seed=0)
    assert found["confident_correct"]["count"] == 2
    assert found["confident_incorrect"]["count"] == 1
    assert found["uncertain_correct"]["examples"] == []
    assert found["uncertain_incorrect"]["examples"][0]["row"] == 2
    assert found["between"]["count"] == 1


@pytest.fixture
def typical():
    return {"mean": np.array([[0.0] * 7, [3.0] * 7]), "std": np.ones((2, 7))}


@pytest.mark.parametrize(("confidence", "wrong"), [(0.99, 40), (0.95, 5), (0.91, 0)])
def test_confident_errors_are_held_to_the_confidence(typical, confidence, wrong):
    n = 100
    p = np.tile([confidence, 1 - confidence], (n, 1))
    y = np.r_[np.ones(wrong, int), np.zeros(n - wrong, int)]
    found = analysis.confident_errors(p, y, np.zeros((n, 7)), typical)
    assert found["count"] == wrong
    assert found["expected"] == pytest.approx(n * (1 - confidence))
    assert found["more_typical_of_predicted"] == (1 if wrong else 0)


def test_struggling_class(typical):
    y = np.array([0, 0, 0, 1, 1, 1])
    predicted = np.array([0, 0, 0, 0, 0, 1])
    confusion = np.array([[3, 0], [2, 1]])
    seen = np.repeat([[0.0], [3.0]], 3, axis=0) * np.ones(7)
    found = analysis.struggling_class(
        confusion, y, predicted, seen, typical, np.array([20, 50]), "ab", seed=0
    )
    assert found["name"] == "b"
    assert found["errors"] == 2
    assert found["called"] == "a"
    assert found["rarer_classes"] == 1
    assert found["more_typical_of_predicted"] == 0
    assert {entry["row"] for entry in found["examples"]} == {3, 4}
