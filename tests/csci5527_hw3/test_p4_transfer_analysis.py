"""What the strategies measured is summed up in the right numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st

from problems.csci5527_hw3.p4_transfer.analysis import (
    best_of,
    catch_up_epoch,
    examples,
    growing,
    telling_apart,
    ties,
    title_of,
)

seeds = st.integers(0, 2**32 - 1)


def run(validation: float, loss: float, test: float) -> dict[str, float]:
    return {
        "validation_accuracy": validation,
        "lowest_validation_loss": loss,
        "test_accuracy": test,
    }


def test_validation_chooses_and_the_test_images_have_no_say() -> None:
    runs = {"a": run(0.95, 0.2, 0.99), "b": run(0.97, 0.3, 0.60), "c": run(0.96, 0.1, 0.98)}
    assert best_of(runs) == "b"
    for entry in runs.values():
        entry["test_accuracy"] = 1 - entry["test_accuracy"]
    assert best_of(runs) == "b"


def test_of_equal_accuracies_the_lower_validation_loss_counts() -> None:
    assert best_of({"a": run(0.97, 0.3, 0.9), "b": run(0.97, 0.2, 0.8)}) == "b"


def test_ties_on_validation_are_counted() -> None:
    runs = {"frozen": run(0.97, 0.3, 0.9), "scratch": run(0.97, 0.2, 0.8), "c": run(0.96, 0.1, 1)}
    assert ties(runs, "scratch") == 1
    assert ties(runs | {"d": run(0.97, 0.3, 0.9)}, "scratch") == 2
    assert ties({"frozen": run(0.97, 0.3, 0.9), "c": run(0.96, 0.1, 1)}, "frozen") == 0


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
    assert growing(runs, 160) == {
        "alike": True, "small_side": 80, "small_epochs": 2, "whole_epochs": 2, "share": 0.625,
    }  # fmt: skip
    assert not growing(runs | {"mine": {"sides": [80], "epochs": 2}}, 160)["alike"]
    assert not growing({"frozen": {"sides": [], "epochs": 40}}, 160)["alike"]


def test_a_strategy_of_one_s_own_goes_by_its_name() -> None:
    assert title_of("half_frozen") == "half frozen"
    assert title_of("scratch") == "from scratch"
