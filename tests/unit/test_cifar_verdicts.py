"""Sentences follow the numbers."""

from __future__ import annotations

import pytest

from proofsheet.cifar_verdicts import ablation, against, fitting, long_tail
from proofsheet.image_growth import growth

FULL = {"both_ways_accuracy": 0.80, "one_view_accuracy": 0.79}


def test_what_is_within_chance_is_not_called_useful():
    runs = {
        "muon": {"both_ways_accuracy": 0.60},
        "augmentation": {"both_ways_accuracy": 0.75},
        "normalization": {"both_ways_accuracy": 0.799},
    }
    found = ablation(FULL, runs, 5000)
    assert found["order"] == ["muon", "augmentation", "normalization"]
    assert found["most_useful"] == "Muon"
    assert found["choices"]["muon"]["gain"] == pytest.approx(0.2)
    assert found["verdict"].startswith("Muon and augmentation help beyond twice")
    assert "for batch normalization the difference is within it" in found["verdict"]
    assert found["mirror_gain"] == pytest.approx(0.01)


def test_one_useful_choice_is_singular():
    found = ablation(FULL, {"muon": {"both_ways_accuracy": 0.6}}, 5000)
    assert found["verdict"] == "Muon helps beyond twice the standard error"


def test_how_images_grow():
    told = growth((16, 16, 24), 5)
    assert told["says"] == (
        "the first 2 epochs see 16 × 16, the next epoch sees 24 × 24 and the last 2 epochs see"
        " 32 × 32 pixels"
    )
    assert told["share"] == pytest.approx((2 / 4 + 9 / 16 + 2) / 5)
    assert growth((), 1) == {"says": "all epochs see 32 × 32 pixels", "share": 1}


def test_rare_classes_gain_and_frequent_ones_pay():
    counts = [100, 80, 60, 40, 30, 20, 10]
    plain = [0.9, 0.9, 0.9, 0.5, 0.1, 0.1, 0.1]
    moved = [0.7, 0.7, 0.7, 0.5, 0.5, 0.5, 0.5]
    found = long_tail(
        {"cross_entropy": plain, "class_balanced": moved, "focal": plain}, counts, 1000
    )
    assert found["groups"]["class_balanced"] == pytest.approx(
        {"frequent": 0.7, "middle": 0.5, "rare": 0.5}
    )
    assert found["best"] == "class-balanced"
    assert found["verdicts"]["class_balanced"] == (
        "re-weighting raises the accuracy; rare classes gain and frequent ones pay"
    )
    assert found["verdicts"]["focal"] == (
        "the focal loss leaves the accuracy where it was, up to chance; rare classes do not gain"
    )


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
