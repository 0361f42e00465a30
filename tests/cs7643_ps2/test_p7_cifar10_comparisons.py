"""What the ablation and the long tail come to."""

from __future__ import annotations

import numpy as np
import pytest

from problems.cs7643_ps2.p7_cifar10.comparisons import ablation, gain_at_milestone, long_tail


def test_each_choice_has_its_gain_and_the_largest_comes_first():
    full = {"both_ways_accuracy": 0.80}
    runs = {
        "augmentation": {"both_ways_accuracy": 0.75},
        "muon": {"both_ways_accuracy": 0.60},
        "normalization": {"both_ways_accuracy": 0.81},
    }
    found = ablation(full, runs, 5000)
    assert found["order"] == ["muon", "augmentation", "normalization"]
    gains = {choice: entry["gain"] for choice, entry in found["choices"].items()}
    assert gains == pytest.approx({"augmentation": 0.05, "muon": 0.2, "normalization": -0.01})
    assert found["choices"]["muon"]["standard_error"] == pytest.approx(
        np.sqrt((0.8 * 0.2 + 0.6 * 0.4) / 5000)
    )


COUNTS = [100, 80, 60, 40, 30, 20, 10]
PLAIN = [0.9, 0.9, 0.9, 0.5, 0.1, 0.1, 0.1]
MOVED = [0.7, 0.7, 0.7, 0.5, 0.5, 0.5, 0.5]


def compared(plain, weighted, focal):
    recalls = {"cross_entropy": plain, "class_balanced": weighted, "focal": focal}
    named = {name: np.arange(7) / 21 for name in recalls}
    return long_tail(recalls, named, COUNTS, 1000)


def test_classes_are_grouped_by_their_number_of_images():
    found = compared(PLAIN, MOVED, PLAIN)
    assert found["groups"]["class_balanced"] == pytest.approx(
        {"frequent": 0.7, "middle": 0.5, "rare": 0.5}
    )
    assert found["groups"]["cross_entropy"] == pytest.approx(
        {"frequent": 0.9, "middle": 0.5, "rare": 0.1}
    )
    assert found["named_rare"]["focal"] == pytest.approx(15 / 21)


@pytest.mark.parametrize("change", [0.05, -0.05])
def test_the_focal_loss_beside_the_weights(change):
    found = compared(PLAIN, MOVED, np.array(MOVED) + change)
    assert found["focal_gap"] == pytest.approx(abs(change))
    # of two shares near 0.5, each of 7,000 images
    assert found["standard_error"] == pytest.approx(np.sqrt(2 * 0.25 / 7000), rel=0.05)


def test_the_standard_error_is_the_largest_of_the_three():
    found = compared([0.5] * 7, [0.4] * 7, [0.01] * 7)
    assert found["standard_error"] == pytest.approx(np.sqrt((0.25 + 0.24) / 7000))


def test_what_a_smaller_learning_rate_adds():
    assert gain_at_milestone([0.4, 0.45, 0.535], 2) == pytest.approx(0.085)
    assert gain_at_milestone([0.4, 0.44, 0.43], 2) == pytest.approx(-0.01)
    assert gain_at_milestone([0.4, 0.45, 0.535], 3) == 0
