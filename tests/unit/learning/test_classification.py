"""Measures against scikit-learn, the bootstrap against SciPy and against the exact answer."""

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from proofsheet.learning.classification import (
    accuracy,
    bootstrap_interval,
    confusion_matrix,
    f1,
    macro_f1,
    over_splits,
    overfitting,
    paired_difference,
    recall,
    summary,
)


@pytest.fixture
def answers():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 4, 300)
    return truth, np.where(rng.random(300) < 0.8, truth, rng.integers(0, 4, 300))


def test_measures_are_those_of_scikit_learn(answers):
    confusion = confusion_matrix(*answers, 4)
    np.testing.assert_array_equal(confusion, metrics.confusion_matrix(*answers))
    assert accuracy(confusion) == pytest.approx(metrics.accuracy_score(*answers))
    assert macro_f1(confusion) == pytest.approx(metrics.f1_score(*answers, average="macro"))
    np.testing.assert_allclose(f1(confusion), metrics.f1_score(*answers, average=None))
    np.testing.assert_allclose(recall(confusion), metrics.recall_score(*answers, average=None))


def test_a_class_that_does_not_occur_keeps_its_place_and_counts_nothing():
    confusion = confusion_matrix(np.array([0, 0, 2]), np.array([0, 2, 2]), 3)
    assert confusion.shape == (3, 3)
    assert recall(confusion).tolist() == [0.5, 0, 1]
    assert f1(confusion)[1] == 0


def test_labels_and_predictions_of_different_length_are_refused():
    with pytest.raises(ValueError, match="labels"):
        confusion_matrix(np.zeros(3, int), np.zeros(2, int), 2)


def test_bootstrap_of_accuracy_has_the_quantiles_of_the_binomial(answers):
    confusion = confusion_matrix(*answers, 4)
    n = len(answers[0])
    exact = stats.binom.ppf([0.025, 0.975], n, accuracy(confusion)) / n
    np.testing.assert_allclose(
        bootstrap_interval(confusion, accuracy, resamples=50_000), exact, atol=1.01 / n
    )


def test_bootstrap_repeats_with_its_seed(answers):
    confusion = confusion_matrix(*answers, 4)
    assert bootstrap_interval(confusion, macro_f1) == bootstrap_interval(confusion, macro_f1)
    assert bootstrap_interval(confusion, macro_f1) != bootstrap_interval(
        confusion, macro_f1, seed=1
    )


def test_summary_names_the_hardest_class_and_the_top_mistake():
    result = summary(np.array([[90, 8, 2], [4, 60, 0], [0, 0, 50]]), ["a", "b", "c"])
    assert result["hardest"] == {"name": "a", "recall": 0.9}
    assert result["easiest"]["name"] == "c"
    assert result["top_mistake"] == {
        "actual": "a", "called": "b", "count": 8, "pair_share": pytest.approx(12 / 14),
    }  # fmt: skip
    assert result["test_errors"] == 14
    assert result["test_interval"]["low"] < result["test_accuracy"]


def test_summary_of_a_faultless_classifier_has_no_division_by_zero():
    result = summary(np.diag([5, 5]), ["a", "b"])
    assert result["top_mistake"]["pair_share"] == 0
    assert result["test_interval"] == {"low": 1, "high": 1}


def test_paired_difference_counts_who_is_right():
    truth = np.zeros(100, int)
    first = (np.arange(100) >= 80).astype(int)  # right on 0 … 79
    second = (np.arange(100) < 10).astype(int)  # right on 10 … 99
    result = paired_difference(truth, first, second)
    assert result["difference"] == pytest.approx(0.1)
    counts = [result[key] for key in ("both_right", "both_wrong", "first_only", "second_only")]
    assert counts == [70, 0, 10, 20]
    assert (result["either_wrong"], result["shared"]) == (30, 0)
    assert result["interval"]["low"] < 0 < result["interval"]["high"]


def test_over_splits_takes_means():
    runs = [
        {"test_accuracy": a, "macro_f1": f, "validation_accuracy": 0.5}
        for a, f in ((0.9, 0.7), (0.95, 0.8), (0.91, 0.6))
    ]
    result = over_splits(runs)
    assert result["mean_test_accuracy"] == pytest.approx(0.92)
    assert result["deviation_test_accuracy"] == pytest.approx(0.0007**0.5)
    assert result["test_accuracies"] == [0.9, 0.95, 0.91]
    assert over_splits(runs[:1])["deviation_test_accuracy"] == 0


def test_where_a_validation_loss_is_lowest_and_how_it_ends():
    assert overfitting([1.0, 0.5, 0.6]) == {"lowest": 0.5, "lowest_epoch": 2, "last": 0.6}
