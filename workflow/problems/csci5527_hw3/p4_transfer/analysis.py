"""What the results of the strategies say, in numbers and in sentences that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from problems.csci5527_hw3.p4_transfer.binary_metrics import auc, balanced_threshold, measures
from proofsheet.report.enumeration import listed
from proofsheet.report.image_growth import growth
from proofsheet.report.numbers import percent

TITLES = {
    "frozen": "all blocks frozen, linear head",
    "last_blocks": "head and last blocks",
    "everything": "everything, few steps",
    "truncated": "truncated network",
    "scratch": "from scratch",
}
"""How tables and figures call the strategies; others go by the name in the configuration."""


def title_of(name: str) -> str:
    """A strategy's name for people."""
    return TITLES.get(name, name.replace("_", " "))


def growing(runs: Mapping[str, Mapping[str, Any]], side: int) -> str:
    """In which strategies the images grow, and how.

    Args:
        runs: per strategy its `sides` and `epochs`.
        side: of a whole image.
    """
    ways: dict[tuple[tuple[int, ...], int], list[str]] = {}
    for name, run in runs.items():
        if run["sides"]:
            ways.setdefault((tuple(run["sides"]), run["epochs"]), []).append(name)
    if not ways:
        return f"In no strategy do they here: all epochs see {side} × {side} pixels"
    sentences = []
    for (sides, epochs), names in ways.items():
        told = growth(sides, epochs, side)
        where = listed([f"“{title_of(name)}”" for name in names])
        sentences.append(f"in {where} {told['says']}, {percent(told['share'], 0)} of the places")
    told = f"{'; '.join(sentences)} of a training on {side} × {side}"
    return told[0].upper() + told[1:]


def best_of(runs: Mapping[str, Mapping[str, Any]]) -> str:
    """The strategy with the highest validation accuracy; of equal ones the lower validation loss.

    The test images have no say in it.
    """
    return min(
        runs,
        key=lambda name: (-runs[name]["validation_accuracy"], runs[name]["lowest_validation_loss"]),
    )


def tie(runs: Mapping[str, Mapping[str, Any]], best: str) -> str:
    """Which strategies are as accurate on validation as the `best_of` them, in words."""
    accuracy = runs[best]["validation_accuracy"]
    equal = [
        name for name in runs if name != best and runs[name]["validation_accuracy"] == accuracy
    ]
    if not equal:
        return "No other strategy has as much"
    names = listed([f"“{title_of(name)}”" for name in equal])
    if len(equal) == 1:
        return f"The strategy {names} has as much, but a higher validation loss"
    return f"The strategies {names} have as much, but higher validation losses"


def ends(best_epoch: int, run: int, most: int) -> str:
    """Which epoch of a training was its best, and which its last, in words."""
    stopped = f" and stopped after {run} of {most}" if run < most else f" of {most}"
    return f"is best after epoch {best_epoch}{stopped}"


def thresholds(scores: np.ndarray, ill: np.ndarray) -> dict[str, float]:
    """Thresholds that validation offers, on the scale of the score (a difference of logits).

    `even` calls the likelier class under even odds, `balanced` has equal sensitivity and
    specificity, `accurate` has the highest accuracy, of several the middle one.
    """
    levels = np.unique(scores)
    middles = np.concatenate([[levels[0] - 1], (levels[1:] + levels[:-1]) / 2, [levels[-1] + 1]])
    accuracy = ((scores[None] >= middles[:, None]) == np.asarray(ill, bool)[None]).mean(axis=1)
    top = np.flatnonzero(accuracy == accuracy.max())
    return {
        "even": 0.0,
        "balanced": balanced_threshold(scores, ill),
        "accurate": float(middles[top[len(top) // 2]]),
    }


def threshold_effects(
    validation: tuple[np.ndarray, np.ndarray], test: tuple[np.ndarray, np.ndarray]
) -> dict[str, dict[str, float]]:
    """Rates on both parts at each threshold that validation offers."""
    effects = {}
    for name, threshold in thresholds(*validation).items():
        entry = {"threshold": threshold}
        for part, (scores, ill) in (("validation", validation), ("test", test)):
            found = measures(scores, ill, threshold)
            entry |= {
                f"{part}_{key}": float(found[key])
                for key in ("accuracy", "sensitivity", "specificity")
            }
        effects[name] = entry
    return effects


def threshold_verdict(effects: Mapping[str, Mapping[str, float]]) -> str:
    """What the threshold of equal rates does in place of even odds, on both parts, in words."""
    even, equal = effects["even"], effects["balanced"]

    def change(part: str) -> str:
        points = 100 * (equal[f"{part}_accuracy"] - even[f"{part}_accuracy"])
        if abs(points) < 0.05:
            return "changes nothing"
        return f"{'gains' if points > 0 else 'loses'} {abs(points):.1f} points of accuracy"

    moved = "lower" if equal["threshold"] < even["threshold"] else "higher"
    return (
        f"lies {moved}, {change('validation')} on the validation images and {change('test')} on"
        " the test images"
    )


def gap(
    validation: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    threshold: float,
) -> dict[str, Any]:
    """Where accuracy is lost between validation and test, exactly, rate by rate.

    With π the share of the ill, accuracy = π·sensitivity + (1 − π)·specificity. The change is a sum
    of three: of sensitivity and of specificity, each weighted with the test's shares, and of π at
    the validation's rates.
    """
    before, after = (measures(*part, threshold) for part in (validation, test))
    share_before, share_after = (float(np.mean(part[1])) for part in (validation, test))
    of_sensitivity = share_after * float(after["sensitivity"] - before["sensitivity"])
    of_specificity = (1 - share_after) * float(after["specificity"] - before["specificity"])
    of_shares = (share_after - share_before) * float(before["sensitivity"] - before["specificity"])
    total = float(after["accuracy"] - before["accuracy"])
    parts = {
        "sensitivity": of_sensitivity,
        "specificity": of_specificity,
        "share of the ill": of_shares,
    }
    largest = min(parts, key=lambda name: parts[name])
    lost = (
        f"most of the loss is one of {largest}"
        if total < 0
        else "nothing is lost from validation to test"
    )
    return {
        "accuracy": total,
        "of_sensitivity": of_sensitivity,
        "of_specificity": of_specificity,
        "of_shares": of_shares,
        "validation_auc": float(before["auc"]),
        "test_auc": float(after["auc"]),
        "order": _order(float(before["auc"]), float(after["auc"])),
        "share_of_ill": {"validation": share_before, "test": share_after},
        "verdict": lost,
    }


def _order(validation_auc: float, test_auc: float) -> str:
    """Whether a threshold could make up for the difference of two AUCs, in words."""
    if test_auc < validation_auc:
        return (
            "the order of the scores itself is worse on the test images, which no threshold changes"
        )
    return "the order of the scores is no worse on the test images"


def telling_apart(
    first: np.ndarray, second: np.ndarray, groups: tuple[np.ndarray, np.ndarray], seed: int
) -> float:
    """AUC with which a linear model tells two sets of images of one class apart, cross-validated.

    One half means that they look alike to it; no image of a patient is both learned and judged.

    Args:
        first, second: features (n, d) and (m, d).
        groups: their patients (n,) and (m,).
        seed: of the folds.
    """
    x = np.concatenate([first, second])
    of_second = np.repeat([0, 1], [len(first), len(second)])
    patients = np.unique(np.concatenate(groups), return_inverse=True)[1]
    # The same number on both sides is another patient there.
    patients = 2 * patients + of_second
    number = max(2, min(5, len(np.unique(groups[0])), len(np.unique(groups[1]))))
    folds = StratifiedGroupKFold(number, shuffle=True, random_state=seed)
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", max_iter=500)
    )
    scores = cross_val_predict(
        model, x, of_second, groups=patients, cv=folds, method="decision_function"
    )
    return float(auc(scores, of_second))


def apart_verdict(value: float) -> str:
    """What an AUC between two parts says about them."""
    if value > 0.75:
        return "the two sets are visibly different"
    if value > 0.6:
        return "the two sets differ a little"
    return "the two sets look alike to it"


def catches_up(losses: Sequence[float], mark: float) -> str:
    """When a validation loss is first as low as `mark`, in words; one value per epoch."""
    for epoch, value in enumerate(losses, start=1):
        if value <= mark:
            return f"is as low after {epoch} {'epoch' if epoch == 1 else 'epochs'}"
    return f"is not as low in any of {len(losses)} epochs"


def examples(
    scores: np.ndarray, ill: np.ndarray, threshold: float, each: int = 2
) -> list[dict[str, Any]]:
    """Rows to look at: the surest right and the surest wrong answers of both classes.

    Returns:
        `row`, `kind` (found, cleared, missed, alarm) and `probability` under even odds; of each
        kind as many as there are, at most `each`.
    """
    called, ill = scores >= threshold, np.asarray(ill, bool)
    kinds: Sequence[tuple[str, np.ndarray, int]] = (
        ("found", called & ill, -1),
        ("cleared", ~called & ~ill, 1),
        ("missed", ~called & ill, 1),
        ("alarm", called & ~ill, -1),
    )
    found = []
    for kind, mask, sign in kinds:
        rows = np.flatnonzero(mask)
        for row in rows[np.argsort(sign * scores[rows], kind="stable")][:each]:
            probability = 1 / (1 + np.exp(-scores[row]))
            found.append({"row": int(row), "kind": kind, "probability": float(probability)})
    return found
