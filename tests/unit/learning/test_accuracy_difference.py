"""Differences of accuracies and their standard errors."""

import numpy as np
import pytest

from proofsheet.learning.accuracy_difference import accuracy_difference


def test_the_difference_is_second_minus_first():
    assert accuracy_difference(0.70, 0.75, 1000)["difference"] == pytest.approx(0.05)
    assert accuracy_difference(0.5, 0.5, 5000)["standard_error"] == pytest.approx(0.01)
    assert accuracy_difference(0.0, 0.0, 10) == {"difference": 0, "standard_error": 0}


def test_the_standard_error_is_that_of_independent_draws():
    rng = np.random.default_rng(0)
    first, second, images = 0.3, 0.6, 400
    draws = (rng.binomial(images, second, 20_000) - rng.binomial(images, first, 20_000)) / images
    found = accuracy_difference(first, second, images)
    assert found["standard_error"] == pytest.approx(draws.std(), rel=0.03)
