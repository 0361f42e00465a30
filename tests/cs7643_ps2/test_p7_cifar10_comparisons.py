"""What the long tail comes to."""

from __future__ import annotations

import numpy as np
import pytest

from problems.cs7643_ps2.p7_cifar10.comparisons import long_tail

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
