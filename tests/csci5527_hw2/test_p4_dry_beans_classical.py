"""The support vector machine: its search begins inside its axes, and it fits what it is given."""

from __future__ import annotations

import numpy as np
import pytest

from problems.csci5527_hw2.p4_dry_beans.classical import SVM_START, fit_svm
from problems.csci5527_hw2.p4_dry_beans.derivations import random_beans
from problems.csci5527_hw2.p4_dry_beans.features import FEATURES, six_coordinates


@pytest.mark.parametrize("features", FEATURES)
def test_it_learns_classes_that_differ_in_elongation_row_by_row(features):
    x = random_beans(np.random.default_rng(0), 300)
    y = np.digitize(six_coordinates(x)[:, 1], [0.35, 0.6])
    predict = fit_svm(SVM_START | {"features": features}, (x[:200], y[:200])).predict
    assert (predict(x[200:]) == y[200:]).mean() > 0.85
    # What it says of a row does not depend on the rows beside it.
    np.testing.assert_array_equal(predict(x[:50]), predict(x)[:50])
