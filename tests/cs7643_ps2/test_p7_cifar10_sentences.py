"""Sentences follow the numbers."""

from __future__ import annotations

import numpy as np
import pytest

from problems.cs7643_ps2.p7_cifar10.sentences import (
    ablation,
    after_the_fall,
    against,
    aimed,
    fitting,
    long_tail,
)
from proofsheet.report.image_growth import growth

FULL = {"both_ways_accuracy": 0.80, "one_view_accuracy": 0.79}


def test_what_is_within_chance_is_not_called_useful():
    runs = {
        "muon": {"both_ways_accuracy": 0.60},
        "augmentation": {"both_ways_accuracy": 0.75},
        "normalization": {"both_ways_accuracy": 0.799},
    }
    found = ablation(FULL, runs, 5000)
    assert found["order"] == ["muon", "augmentation", "normalization"]
    assert found["choices"]["muon"]["gain"] == pytest.approx(0.2)
    assert found["verdict"].startswith("Muon and augmentation help by more than twice")
    assert "for batch normalization the difference is smaller" in found["verdict"]
    assert found["mirror_gain"] == pytest.approx(0.01)


def test_one_useful_choice_is_singular():
    runs = {"muon": {"both_ways_accuracy": 0.6}, "augmentation": {"both_ways_accuracy": 0.81}}
    found = ablation(FULL, runs, 5000)
    assert found["verdict"] == (
        "Muon helps by more than twice the standard error; for augmentation the difference is"
        " smaller or the other way, so that this comparison does not show a use"
    )


def test_all_choices_or_none_of_them():
    worse = {"both_ways_accuracy": 0.6}
    runs = {"augmentation": {"both_ways_accuracy": 0.7}, "muon": worse}
    assert ablation(FULL, runs, 5000)["verdict"] == (
        "each of the choices helps by more than twice the standard error, Muon most"
    )
    same = {"muon": {"both_ways_accuracy": 0.8}, "augmentation": {"both_ways_accuracy": 0.82}}
    assert ablation(FULL, same, 5000)["verdict"].startswith("none of the choices helps")


def test_how_images_grow():
    told = growth((16, 16, 24), 5)
    assert told["says"] == (
        "the first 2 epochs see 16 × 16, the next epoch sees 24 × 24 and the last 2 epochs see"
        " 32 × 32 pixels"
    )
    assert told["share"] == pytest.approx((2 / 4 + 9 / 16 + 2) / 5)
    assert growth((), 1) == {"says": "all epochs see 32 × 32 pixels", "share": 1}


COUNTS = [100, 80, 60, 40, 30, 20, 10]
PLAIN = [0.9, 0.9, 0.9, 0.5, 0.1, 0.1, 0.1]
MOVED = [0.7, 0.7, 0.7, 0.5, 0.5, 0.5, 0.5]


def compared(plain, weighted, focal):
    recalls = {"cross_entropy": plain, "class_balanced": weighted, "focal": focal}
    named = {name: np.arange(7) / 21 for name in recalls}
    return long_tail(recalls, named, COUNTS, 1000)


def test_rare_classes_gain_and_frequent_ones_pay():
    found = compared(PLAIN, MOVED, PLAIN)
    assert found["groups"]["class_balanced"] == pytest.approx(
        {"frequent": 0.7, "middle": 0.5, "rare": 0.5}
    )
    assert found["named_rare"]["focal"] == pytest.approx(15 / 21)
    assert found["verdicts"]["class_balanced"] == (
        "re-weighting raises the accuracy; rare classes gain and frequent ones pay"
    )
    assert found["verdicts"]["focal"] == (
        "the focal loss leaves the accuracy where it was, up to chance; rare classes do not gain"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (0.005, "not more than twice the standard error, so that"),
        (-0.005, "not more than twice the standard error, so that"),
        (0.05, "more than twice the standard error, and the focal loss is the better one"),
        (-0.05, "more than twice the standard error, and the focal loss is the worse one"),
    ],
)
def test_the_focal_loss_beside_the_weights(change, words):
    found = compared(PLAIN, MOVED, np.array(MOVED) + change)
    assert found["focal_gap"] == pytest.approx(abs(change))
    # of two shares near 0.5, each of 7,000 images
    assert found["standard_error"] == pytest.approx(np.sqrt(2 * 0.25 / 7000), rel=0.05)
    assert found["verdicts"]["focal_beside_weights"].startswith(words)


def test_the_aim():
    assert aimed(0.921, 0.92) == "reaches the aim"
    assert aimed(0.8834, 0.92) == "misses the aim by 3.66\u00a0points"


def test_what_a_smaller_learning_rate_does():
    curves = {"two_layer": [0.4, 0.45, 0.535], "vanilla_cnn": [0.4, 0.44, 0.43]}
    assert after_the_fall(curves, 2) == (
        "from epoch 2 to epoch 3, when it is divided by ten, the training accuracy changes by"
        " −1.0\u00a0points, and that of the two-layer network by 8.5\u00a0points"
    )
    assert "too short" in after_the_fall(curves, 3)


@pytest.mark.parametrize(
    ("value", "words"), [(0.5, "above"), (0.31, "what the course expects"), (0.1, "below")]
)
def test_against_what_is_expected(value, words):
    assert against(value, 0.3).startswith(words)


@pytest.mark.parametrize(
    ("train", "words"), [(0.99, "by heart"), (0.84, "carries over"), (0.8, "equally well")]
)
def test_the_gap(train, words):
    assert words in fitting(train, 0.8)
