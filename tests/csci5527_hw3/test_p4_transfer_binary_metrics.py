"""Measures by hand; a bootstrap that keeps the images of a patient together."""

import numpy as np
import pytest

from problems.csci5527_hw3.p4_transfer.binary_metrics import accuracy_interval, measures


def test_measures_of_five_images() -> None:
    scores = np.array([2.0, -1.0, 0.0, -3.0, 1.0])
    ill = np.array([True, True, True, False, False])
    found = measures(scores, ill)
    assert found == {
        "accuracy": pytest.approx(3 / 5),
        "balanced_accuracy": pytest.approx((2 / 3 + 1 / 2) / 2),
        "sensitivity": pytest.approx(2 / 3),  # a score of 0 calls an image ill
        "specificity": pytest.approx(1 / 2),
        "auc": pytest.approx(4 / 6),  # pairs of an ill and a healthy image in the right order
        "average_precision": pytest.approx((1 + 2 / 3 + 3 / 4) / 3),
    }


def test_intervals_hold_the_value_and_widen_with_images_per_patient() -> None:
    right = np.random.default_rng(2).random(300) < 0.8
    widths = []
    for each in (1, 6):
        first = np.repeat(np.arange(0, 300, each), each)  # a patient's images are alike
        low, high = accuracy_interval(right[first], first, seed=0)
        assert low <= right[first].mean() <= high
        widths.append(high - low)
    assert widths[1] > 1.5 * widths[0]
