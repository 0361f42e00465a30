"""Bins by hand, and temperatures that are known."""

from __future__ import annotations

import numpy as np
import pytest

from problems.dl_hw1.p4_bloodmnist.calibration import (
    expected_calibration_error,
    fit_temperature,
    negative_log_likelihood,
    reliability,
)


def test_bins_include_their_upper_edge():
    found = reliability(np.array([0.0, 0.5, 0.51, 1.0]), np.array([0, 1, 1, 0]), bins=2)
    np.testing.assert_array_equal(found.count, [2, 2])
    np.testing.assert_allclose(found.confidence, [0.25, 0.755])
    np.testing.assert_allclose(found.accuracy, [0.5, 0.5])


def test_empty_bins_count_nothing():
    assert expected_calibration_error(np.array([0.9, 0.9]), np.array([1, 0])) == pytest.approx(0.4)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_recovers_the_temperature_that_labels_were_drawn_with(temperature):
    rng = np.random.default_rng(0)
    z = 3 * rng.standard_normal((20_000, 5))
    noise = rng.gumbel(size=z.shape)  # the largest z/T + noise is a draw from softmax(z/T)
    y = (z / temperature + noise).argmax(axis=1)
    assert fit_temperature(z, y) == pytest.approx(temperature, rel=0.05)


def test_no_temperature_nearby_is_better():
    rng = np.random.default_rng(1)
    z = rng.standard_normal((50, 4))
    y = (z + rng.gumbel(size=z.shape)).argmax(axis=1)
    best = fit_temperature(z, y)
    losses = [negative_log_likelihood(z, y, t) for t in (0.99 * best, best, 1.01 * best)]
    assert losses[1] <= min(losses)


def test_ends_of_the_range():
    z = np.array([[2.0, 0.0], [0.0, 2.0]])
    assert fit_temperature(z, np.array([0, 1])) == pytest.approx(1e-2)  # always right: cold
    assert fit_temperature(z, np.array([1, 0])) == pytest.approx(1e2)  # always wrong: hot
