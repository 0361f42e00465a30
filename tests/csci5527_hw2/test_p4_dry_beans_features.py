"""Coordinates and standardization, and what their statistics are taken from."""

from __future__ import annotations

import numpy as np
import pytest

from problems.csci5527_hw2.p4_dry_beans.derivations import random_beans
from problems.csci5527_hw2.p4_dry_beans.features import FEATURES, fit_preprocessing, six_coordinates

classes = np.arange(100) % 2


@pytest.mark.parametrize("features", ["sixteen", "six"])
def test_standardized_rows_have_mean_zero_and_variance_one(features):
    x = random_beans(np.random.default_rng(0), 100)
    z = fit_preprocessing(features, x, classes)(x)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(z.std(axis=0), 1)


def test_whitened_rows_have_mean_zero_and_the_identity_within_their_classes():
    x = random_beans(np.random.default_rng(0), 100)
    x[classes == 1] *= 1.1  # the classes differ, so the covariance of all rows is another
    z = fit_preprocessing("whitened", x, classes)(x)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-10)
    within = sum(np.cov(z[classes == k].T, ddof=0) for k in (0, 1)) / 2
    np.testing.assert_allclose(within, np.eye(6), atol=1e-6)
    assert np.abs(np.cov(z.T, ddof=0) - np.eye(6)).max() > 0.01


def test_statistics_come_from_the_fitted_rows_only():
    x, other = np.split(random_beans(np.random.default_rng(0), 150), [100])
    prepare = fit_preprocessing("six", x, classes)
    z = six_coordinates(other) - six_coordinates(x).mean(axis=0)
    np.testing.assert_allclose(prepare(other), z / six_coordinates(x).std(axis=0))
    # A row's image does not depend on the rows beside it.
    np.testing.assert_allclose(prepare(other)[:1], prepare(other[:1]))


@pytest.mark.parametrize("features", FEATURES)
def test_a_constant_feature_is_no_division_by_zero(features):
    x = random_beans(np.random.default_rng(0), 5)
    x[:, 8] = 0.75
    assert np.isfinite(fit_preprocessing(features, x, np.zeros(5, int))(x)).all()


def test_a_bean_that_fills_its_hull_stays_finite():
    x = random_beans(np.random.default_rng(1))
    x[:, [9, 15]] = 1.0
    assert np.isfinite(six_coordinates(x)).all()
