"""The three families, and that their choice follows the validation rows."""

from __future__ import annotations

import numpy as np
import pytest

from problems.csci5527_hw2.p4_dry_beans.classical import (
    BOOSTING,
    CLASSICAL_GRIDS,
    FOREST,
    SVM,
    fit_pipeline,
    grid,
    tune,
)
from problems.csci5527_hw2.p4_dry_beans.derivations import random_beans
from problems.csci5527_hw2.p4_dry_beans.features import six_coordinates
from problems.csci5527_hw2.p4_dry_beans.model_selection import best


@pytest.fixture
def beans():
    """Train, validation and test rows of three classes that differ in size and shape."""
    rng = np.random.default_rng(0)
    x = random_beans(rng, 300)
    y = np.digitize(six_coordinates(x)[:, 1] + 0.1 * rng.standard_normal(300), [0.35, 0.6])
    return [(x[rows], y[rows]) for rows in np.split(rng.permutation(300), [180, 240])]


SMALL = {
    SVM: grid(features=("sixteen", "six"), C=(1, 10)),
    FOREST: grid(features=("six",), n_estimators=(5,)),
    BOOSTING: grid(features=("six",), max_iter=(5,)),
}


def test_grid_has_every_combination_in_order():
    assert grid(a=(1, 2), b="xy") == [
        {"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"},
    ]  # fmt: skip


@pytest.mark.parametrize("grid", ["full", "small"])
def test_every_setting_of_the_grids_is_one_that_scikit_learn_knows(grid, beans):
    (x, y), *_ = beans
    for family, candidates in CLASSICAL_GRIDS[grid].items():
        for settings in (candidates[0], candidates[-1]):
            few = {
                key: min(5, settings[key])
                for key in ("n_estimators", "max_iter")
                if key in settings
            }
            fit_pipeline(family, {**settings, **few}, (x[:60], y[:60]), seed=0)


def test_tuning_repeats_with_its_seed(beans):
    train, validation, _ = beans
    first, second = (list(tune(SMALL, train, validation, seed=3)) for _ in range(2))
    assert first == second
    assert len(first) == 6


def test_selection_follows_the_validation_labels(beans):
    train, (x, y), _ = beans
    honest = list(tune(SMALL, train, (x, y), seed=0))
    shuffled = list(tune(SMALL, train, (x, np.roll(y, 1)), seed=0))
    assert best(honest).validation_accuracy > 0.7
    assert best(shuffled).validation_accuracy < 0.6


def test_a_pipeline_is_the_same_whatever_rows_it_is_asked_about(beans):
    train, (x, _), (other, _) = beans
    predict = fit_pipeline(SVM, {"features": "six"}, train, seed=0)
    together = predict(np.concatenate([x, other]))
    np.testing.assert_array_equal(together[: len(x)], predict(x))
