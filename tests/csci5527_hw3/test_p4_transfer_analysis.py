"""What the strategies measured is summed up in the right numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from problems.csci5527_hw3.p4_transfer.analysis import (
    catch_up_epoch,
    examples,
    growing,
    over_seeds,
    telling_apart,
)
from problems.csci5527_hw3.p4_transfer.train import best_of


def run(accuracies: list[float], losses: list[float]) -> dict[str, Any]:
    """What the choice may see: a test accuracy would be a missing key."""
    return {"validation_accuracy": accuracies, "validation_loss": losses}


def test_validation_chooses_and_of_equal_accuracies_the_lower_loss_counts() -> None:
    a, b = run([0.99, 0.95], [0.1, 0.2]), run([0.9, 0.97], [0.4, 0.3])
    assert best_of({"a": a, "b": b, "c": run([0.96], [0.1])}) == "b"
    assert best_of({"a": run([0.9, 0.97], [0.2, 0.4]), "b": b}) == "b"
    assert best_of({"a": run([0.9, 0.97], [0.4, 0.2]), "b": b}) == "a"


def test_means_and_deviations_over_the_seeds() -> None:
    ill = {part: np.array([True, True, False, False]) for part in ("val", "test")}
    right, wrong = np.array([2.0, 1.0, -1.0, -2.0]), np.array([2.0, -1.0, -0.5, 1.0])
    found = over_seeds({"val": [right, right], "test": [right, wrong]}, ill)
    assert found["count"] == 2
    assert found["test_accuracy"] == pytest.approx(0.75)
    np.testing.assert_allclose(found["each"]["test_accuracy"], [1, 0.5])
    assert found["deviation"]["test_accuracy"] == pytest.approx(0.5 / np.sqrt(2))
    # Two of the four pairs of an ill and a healthy image are in the right order, then all.
    np.testing.assert_allclose(found["each"]["auc"], [1, 0.5])
    assert found["validation_accuracy"] == 1
    assert found["deviation"]["validation_auc"] == 0
    alone = over_seeds({"val": [right], "test": [wrong]}, ill)
    assert (alone["count"], alone["deviation"]["auc"]) == (1, 0)


@pytest.mark.parametrize(("shift", "low", "high"), [(0.0, 0.35, 0.65), (3.0, 0.95, 1.0)])
def test_sets_are_told_apart_if_they_differ(shift: float, low: float, high: float) -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(90, 6)), rng.normal(size=(70, 6))
    second[:, 0] += shift
    value = telling_apart(first, second, (np.arange(90) // 2, np.arange(70) // 2), 0)
    assert low <= value <= high


def test_a_patient_that_is_recognized_tells_no_sets_apart() -> None:
    """Images of a patient are nearly one image: were they learned and judged, all would be told."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(12), 8), np.repeat(np.arange(12), 8)
    first, second = (
        rng.normal(size=(12, 200))[group] + 0.01 * rng.normal(size=(96, 200)) for group in groups
    )
    assert telling_apart(first, second, groups, 0) < 0.8


@pytest.mark.parametrize(
    ("losses", "epoch"),
    [
        ([0.5, 0.3, 0.2], 2),
        ([0.3, 0.1], 1),
        ([0.6, 0.5], 0),
    ],
)
def test_the_epoch_at_which_a_loss_catches_up(losses: list[float], epoch: int) -> None:
    assert catch_up_epoch(losses, 0.3) == epoch


def test_examples_are_the_surest_of_each_kind() -> None:
    ill = np.array([1, 1, 1, 0, 0, 0, 1, 0], bool)
    scores = np.array([3.0, 1.0, -2.0, -3.0, -1.0, 2.0, -4.0, -0.5])
    found = examples(scores, ill)
    assert [(entry["kind"], entry["row"]) for entry in found] == [
        ("found", 0), ("cleared", 3), ("missed", 6), ("alarm", 5),
    ]  # fmt: skip
    assert found[0]["probability"] == pytest.approx(1 / (1 + np.exp(-3)))
    assert not [entry for entry in examples(abs(scores), ill) if entry["kind"] == "missed"]


def test_how_images_grow_where_they_grow_alike() -> None:
    alike = {"sides": [80, 80], "epochs": 4}
    runs = {"frozen": {"sides": [], "epochs": 40}, "everything": alike, "scratch": alike}
    assert growing(runs) == {
        "alike": True, "small_side": 80, "small_epochs": 2, "whole_epochs": 2,
    }  # fmt: skip
    assert not growing(runs | {"mine": {"sides": [80], "epochs": 2}})["alike"]
    assert not growing(runs | {"everything": {"sides": [80, 96], "epochs": 4}})["alike"]
    assert not growing({"frozen": {"sides": [], "epochs": 40}})["alike"]
