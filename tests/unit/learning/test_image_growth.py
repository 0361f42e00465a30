"""Epochs at each size of the images."""

from __future__ import annotations

import pytest

from proofsheet.learning.image_growth import growth


def test_epochs_are_counted_by_size():
    assert growth((16, 16, 24), 5) == {
        "epochs_16": 2,
        "epochs_24": 1,
        "epochs_32": 2,
        "share": pytest.approx((2 / 4 + 9 / 16 + 2) / 5),
    }


def test_sizes_that_do_not_occur_are_counted_as_zero():
    assert growth((), 1) == {"epochs_16": 0, "epochs_24": 0, "epochs_32": 1, "share": 1}


def test_a_training_that_ends_early_has_no_later_sizes():
    found = growth((16, 16, 24), 2)
    assert found == {"epochs_16": 2, "epochs_24": 0, "epochs_32": 0, "share": 0.25}


def test_other_sizes():
    assert growth((48,), 2, smaller=(48,), whole=96) == {
        "epochs_48": 1,
        "epochs_96": 1,
        "share": pytest.approx(0.625),
    }
