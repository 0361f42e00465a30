"""Coordinates and standardization, and what their statistics are taken from."""

from __future__ import annotations

import numpy as np
import pytest

from problems.csci5527_hw2.p4_dry_beans.derivations import random_beans
from problems.csci5527_hw2.p4_dry_beans.features import FEATURES, fit_preprocessing, six_coordinates


@pytest.mark.parametrize("features", FEATURES)
def test_standardized_rows_have_mean_zero_and_variance_one(features):
    x = random_beans(np.random.default_rng(0), 100)
    z = fit_preprocessing(features, x)(x)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(z.std(axis=0), 1)


def test_statistics_come_from_the_fitted_rows_only():
    x, other = np.split(random_beans(np.random.default_rng(0), 150), [100])
    prepare = fit_preprocessing("six", x)
    z = six_coordinates(other) - six_coordinates(x).mean(axis=0)
    np.testing.assert_allclose(prepare(other), z / six_coordinates(x).std(axis=0))
    # A row's image does not depend on the rows beside it.
    np.testing.assert_allclose(prepare(other)[:1], prepare(other[:1]))


def test_a_constant_feature_is_no_division_by_zero():
    x = np.ones((5, 16))
    assert np.isfinite(fit_preprocessing("sixteen", x)(x)).all()


def test_a_bean_that_fills_its_hull_stays_finite():
    x = random_beans(np.random.default_rng(1))
    x[:, [9, 15]] = 1.0
    assert np.isfinite(six_coordinates(x)).all()
