"""Rates, areas and intervals against scikit-learn; thresholds that are where they should be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from problems.csci5527_hw3.p4_transfer.binary_metrics import (
    MEASURES,
    assessed,
    measures,
    precision_recall,
    resamples,
    roc,
)


def scored(seed: int, n: int, digits: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    ill = np.append([True, False], rng.random(n - 2) < 0.6)
    return np.round(rng.normal(size=n) + 1.5 * ill, digits), ill


seeds, sizes = st.integers(0, 2**32 - 1), st.integers(3, 80)


@settings(max_examples=60)
@given(seeds, sizes, st.floats(-1, 3))
def test_weighted_measures_are_scikit_learn_s(seed: int, n: int, threshold: float) -> None:
    scores, ill = scored(seed, n)
    weights = np.random.default_rng(seed).integers(0, 4, n) + np.eye(n)[0] + np.eye(n)[1]
    found = measures(scores, ill, threshold, weights)
    called, kept = scores >= threshold, {"sample_weight": weights}
    wanted = {
        "accuracy": metrics.accuracy_score(ill, called, **kept),
        "sensitivity": metrics.recall_score(ill, called, **kept),
        "specificity": metrics.recall_score(~ill, ~called, **kept),
        "auc": metrics.roc_auc_score(ill, scores, **kept),
        "average_precision": metrics.average_precision_score(ill, scores, **kept),
    }
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, abs=1e-12), name
    both = (wanted["sensitivity"] + wanted["specificity"]) / 2
    assert found["balanced_accuracy"] == pytest.approx(both)


def test_rows_of_weights_are_measured_side_by_side() -> None:
    scores, ill = scored(0, 40)
    weights = np.random.default_rng(0).integers(1, 4, (5, 40))
    together = measures(scores, ill, 0.5, weights)
    for i, row in enumerate(weights):
        alone = measures(scores, ill, 0.5, row)
        for name in MEASURES:
            assert together[name][i] == pytest.approx(float(alone[name]))


def test_curves_are_scikit_learn_s() -> None:
    scores, ill = scored(1, 60)
    thresholds, false, true = roc(scores, ill)
    wanted = metrics.roc_curve(ill, scores, drop_intermediate=False)
    for mine, theirs in zip((false, true, thresholds), wanted, strict=True):
        np.testing.assert_allclose(mine, theirs)
    precision, recall = precision_recall(scores, ill)
    theirs = metrics.precision_recall_curve(ill, scores)
    np.testing.assert_allclose(precision[::-1], theirs[0][:-1])
    np.testing.assert_allclose(recall[::-1], theirs[1][:-1])


def test_resampling_keeps_the_images_of_a_patient_together() -> None:
    patient = np.array([5, 5, 5, 2, 9, 9])
    weights = resamples(patient, 200, 0)
    assert weights.shape == (200, 6)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 4] == weights[:, 5]).all()
    assert (weights[:, [0, 3, 4]].sum(axis=1) == 3).all()


def test_intervals_hold_the_value_and_widen_with_images_per_patient() -> None:
    scores, ill = scored(2, 300, digits=3)
    widths = []
    for each in (1, 6):
        # A patient's images are alike: of one class, with the score of the first.
        first = np.repeat(np.arange(0, 300, each), each)
        patient_scores, patient_ill = scores[first], ill[first]
        found = assessed(patient_scores, patient_ill, 0.7, first, seed=0, count=500)
        interval = found["intervals"]["accuracy"]
        assert interval["low"] <= found["accuracy"] <= interval["high"]
        widths.append(interval["high"] - interval["low"])
    assert widths[1] > 1.5 * widths[0]
