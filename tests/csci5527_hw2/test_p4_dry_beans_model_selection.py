"""Choosing by validation scores, and the test rows that answer once."""

from types import SimpleNamespace

import numpy as np
import pytest

from problems.csci5527_hw2.p4_dry_beans.model_selection import (
    Fit,
    SealedTest,
    Trial,
    best,
    coordinate_search,
    tune,
)
from problems.csci5527_hw2.p4_dry_beans.printed_settings import described


def test_selection_is_by_validation_accuracy_and_of_equals_the_first():
    trials = [Trial({"n": n}, score) for n, score in enumerate((0.3, 0.9, 0.9, 0.1))]
    assert best(trials).settings == {"n": 1}


def test_coordinate_search_keeps_the_best_of_each_axis():
    def trial_of(settings):
        return Trial(settings, -abs(settings["a"] - 2) - abs(settings["b"] - 1))

    start, axes = {"a": 0, "b": 0, "fixed": 9}, {"a": (0, 1, 2), "b": (0, 1)}
    steps = list(coordinate_search(start, axes, trial_of))
    assert [axis for axis, _ in steps] == ["start", "a", "a", "b"]
    assert best(trial for _, trial in steps).settings == {"a": 2, "b": 1, "fixed": 9}
    assert steps[-1][1].settings["a"] == 2, "the second axis starts from the best of the first"


def test_the_test_rows_answer_once():
    sealed = SealedTest(np.zeros((3, 2)), np.zeros(3, int))
    sealed.predictions(lambda x: np.zeros(len(x), int))
    with pytest.raises(RuntimeError, match="has been used"):
        sealed.predictions(lambda x: np.zeros(len(x), int))


@pytest.mark.parametrize("curves", [True, False])
def test_the_choice_is_fitted_to_training_and_validation_rows(curves):
    sizes = {"train": 3, "val": 2, "test": 4}
    parts = {
        name: SimpleNamespace(x=np.full((size, 16), value), y=np.full(size, value))
        for value, (name, size) in enumerate(sizes.items())
    }
    fitted_to, watched = [], []

    def fit(settings, rows, validation=None):
        fitted_to.append(rows[1].tolist())
        watched.append(validation is not None)
        return Fit(lambda x: np.full(len(x), settings["called"]))

    data = SimpleNamespace(**parts, class_names=("a", "b", "c"))
    start, axes = {"called": 0}, {"called": (0, 1)}
    run, arrays = tune("constant", data, fit, start, axes, seed=0, curves=curves)
    assert run["settings"] == {"called": 1}
    assert fitted_to == [[0, 0, 0]] * 2 + [[0, 0, 0, 1, 1]]
    assert watched == [curves] * 2 + [False]
    assert arrays["predicted"].tolist() == [1] * 4


def test_settings_in_words():
    settings = {"features": "six", "C": 10, "gamma": 1 / 8, "unknown": 1}
    assert described(settings) == "six features, γ = 1/8, C = 10"
    assert described({"hidden": [64, 32], "dropout": 0.1}) == "hidden layers 64–32, dropout 0.1"
