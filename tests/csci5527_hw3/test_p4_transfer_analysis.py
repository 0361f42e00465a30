"""What is said about the strategies follows from their numbers, and from the right ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from problems.csci5527_hw3.p4_transfer.analysis import (
    apart_verdict,
    best_of,
    catches_up,
    ends,
    examples,
    gap,
    growing,
    telling_apart,
    threshold_effects,
    threshold_verdict,
    thresholds,
    tie,
    title_of,
)

seeds = st.integers(0, 2**32 - 1)


def scored(seed: int, n: int = 80, share: float = 0.6, apart: float = 1.5):
    rng = np.random.default_rng(seed)
    ill = np.append([True, False], rng.random(n - 2) < share)
    return rng.normal(size=n) + apart * (ill - 0.5), ill


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


def test_a_tie_on_validation_is_told() -> None:
    runs = {"frozen": run(0.97, 0.3, 0.9), "scratch": run(0.97, 0.2, 0.8), "c": run(0.96, 0.1, 1)}
    assert tie(runs, "scratch") == (
        "The strategy “all blocks frozen, linear head” has as much, but a higher validation loss"
    )
    assert tie(runs | {"d": run(0.97, 0.3, 0.9)}, "scratch").startswith("The strategies “all")
    assert tie({"frozen": run(0.97, 0.3, 0.9), "c": run(0.96, 0.1, 1)}, "frozen").startswith("No")


def test_the_end_of_a_training_is_told() -> None:
    assert ends(10, 16, 40) == "is best after epoch 10 and stopped after 16 of 40"
    assert ends(7, 8, 8) == "is best after epoch 7 of 8"


@given(seeds)
def test_no_other_threshold_is_more_accurate_on_validation(seed: int) -> None:
    scores, ill = scored(seed)
    cut = thresholds(scores, ill)["accurate"]
    best = max(accuracy_score(ill, scores >= t) for t in [*scores, scores.max() + 1])
    assert accuracy_score(ill, scores >= cut) == pytest.approx(best)


def test_thresholds_come_from_validation_and_are_tried_on_both_parts() -> None:
    validation, test = scored(0), scored(1)
    effects = threshold_effects(validation, test)
    for name, threshold in thresholds(*validation).items():
        assert effects[name]["threshold"] == threshold
        for part, (scores, ill) in (("validation", validation), ("test", test)):
            called = scores >= threshold
            assert effects[name][f"{part}_accuracy"] == pytest.approx((called == ill).mean())
            assert effects[name][f"{part}_sensitivity"] == pytest.approx(called[ill].mean())
            assert effects[name][f"{part}_specificity"] == pytest.approx((~called)[~ill].mean())


def test_a_threshold_that_gains_here_and_loses_there_is_told_so() -> None:
    def entry(threshold: float, validation: float, test: float) -> dict[str, float]:
        return {
            "threshold": threshold, "validation_accuracy": validation, "test_accuracy": test,
        }  # fmt: skip

    told = threshold_verdict({"even": entry(0, 0.95, 0.93), "balanced": entry(-1, 0.96, 0.90)})
    assert told == (
        "lies lower, gains 1.0 points of accuracy on the validation images and loses 3.0 points"
        " of accuracy on the test images"
    )
    told = threshold_verdict({"even": entry(0, 0.95, 0.93), "balanced": entry(1, 0.95, 0.93)})
    assert "higher, changes nothing on the validation images and changes nothing" in told


@given(seeds, st.floats(-1, 1))
def test_the_parts_of_the_gap_add_up_to_it(seed: int, threshold: float) -> None:
    before, after = scored(seed, share=0.7), scored(seed + 1, share=0.4, apart=0.5)
    found = gap(before, after, threshold)
    change = np.subtract(*(((s >= threshold) == ill).mean() for s, ill in (after, before)))
    assert found["accuracy"] == pytest.approx(change)
    parts = {
        "sensitivity": found["of_sensitivity"],
        "specificity": found["of_specificity"],
        "share of the ill": found["of_shares"],
    }
    assert sum(parts.values()) == pytest.approx(change)
    if change < 0:
        assert found["verdict"] == f"most of the loss is one of {min(parts, key=parts.get)}"
    else:
        assert "nothing is lost" in found["verdict"]
    worse = found["test_auc"] < found["validation_auc"]
    assert found["order"].startswith("the order of the scores " + ("itself" if worse else "is no"))


def test_healthy_images_that_score_higher_are_a_loss_of_specificity() -> None:
    scores, ill = scored(0, 400, apart=3)
    moved = np.where(ill, scores, scores + 2)
    assert (
        gap((scores, ill), (moved, ill), 0)["verdict"] == "most of the loss is one of specificity"
    )


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


def test_verdicts_on_two_sets() -> None:
    assert [apart_verdict(value).split()[-1] for value in (0.8, 0.7, 0.5)] == [
        "different", "little", "it",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("losses", "told"),
    [
        ([0.5, 0.3, 0.2], "is as low after 2 epochs"),
        ([0.3, 0.1], "is as low after 1 epoch"),
        ([0.6, 0.5], "is not as low in any of 2 epochs"),
    ],
)
def test_the_epoch_at_which_a_loss_catches_up(losses: list[float], told: str) -> None:
    assert catches_up(losses, 0.3) == told


def test_examples_are_the_surest_of_each_kind() -> None:
    ill = np.array([1, 1, 1, 0, 0, 0, 1, 0], bool)
    scores = np.array([3.0, 1.0, -2.0, -3.0, -1.0, 2.0, -4.0, -0.5])
    found = examples(scores, ill, 0.0, each=1)
    assert [(entry["kind"], entry["row"]) for entry in found] == [
        ("found", 0), ("cleared", 3), ("missed", 6), ("alarm", 5),
    ]  # fmt: skip
    assert found[0]["probability"] == pytest.approx(1 / (1 + np.exp(-3)))
    assert not [entry for entry in examples(scores, ill, -9.0) if entry["kind"] == "missed"]


def test_how_images_grow_is_told_for_all_that_do_it_alike() -> None:
    alike = {"sides": [80, 80], "epochs": 4}
    runs = {
        "frozen": {"sides": [], "epochs": 40}, "everything": alike, "scratch": alike,
        "mine": {"sides": [80], "epochs": 2},
    }  # fmt: skip
    assert growing(runs, 160) == (
        "In “everything, few steps” and “from scratch” the first 2 epochs see 80 × 80 and the last"
        " 2 epochs see 160 × 160 pixels, 62\u00a0% of the places; in “mine” the first epoch sees"
        " 80 × 80 and the last epoch sees 160 × 160 pixels, 62\u00a0% of the places of a training"
        " on 160 × 160"
    )
    assert growing({"frozen": {"sides": [], "epochs": 40}}, 160).startswith("In no strategy")


def test_a_strategy_of_one_s_own_goes_by_its_name() -> None:
    assert title_of("half_frozen") == "half frozen"
    assert title_of("scratch") == "from scratch"
