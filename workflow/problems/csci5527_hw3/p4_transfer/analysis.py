"""What the results of the strategies say, in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from problems.csci5527_hw3.p4_transfer.binary_metrics import measures

TITLES = {
    "frozen": "all blocks frozen, linear head",
    "last_blocks": "head and last blocks",
    "everything": "everything, few steps",
    "truncated": "truncated network",
    "scratch": "from scratch",
}
"""How tables and figures call the strategies; others go by the name in the configuration."""


def growing(runs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """How the images grow in the strategies in which they do.

    Args:
        runs: per strategy its `sides` and `epochs`.

    Returns:
        `alike`: those strategies grow in the same way, from one smaller size; then `small_side`,
        `small_epochs` and `whole_epochs`, else 0 each.
    """
    ways = {(tuple(run["sides"]), run["epochs"]) for run in runs.values() if run["sides"]}
    if len(ways) != 1 or len({small for sides, _ in ways for small in sides}) != 1:
        return {"alike": False, "small_side": 0, "small_epochs": 0, "whole_epochs": 0}
    ((sides, epochs),) = ways
    return {
        "alike": True,
        "small_side": sides[0],
        "small_epochs": len(sides),
        "whole_epochs": epochs - len(sides),
    }


def over_seeds(
    scores: Mapping[str, Sequence[np.ndarray]], ill: Mapping[str, np.ndarray]
) -> dict[str, Any]:
    """One strategy's measures over its trainings from several seeds.

    Args:
        scores: of `val` and `test`, for each seed the scores (n,) of the images.
        ill: of the same parts, (n,) truth values.

    Returns:
        `count` of the seeds; mean, each and the standard deviation (of one training, 0 for a single
        seed) of the accuracies and AUCs, and means of the other measures.
    """
    found = {
        part: [measures(score, ill[part]) for score in scores[part]] for part in ("val", "test")
    }
    each = {
        f"{prefix}{key}": np.array([measured[key] for measured in found[part]])
        for part, prefix in (("val", "validation_"), ("test", ""))
        for key in found[part][0]
    }
    each["test_accuracy"] = each.pop("accuracy")
    count = len(scores["test"])
    spread = ("validation_accuracy", "validation_auc", "test_accuracy", "auc")
    return {
        "count": count,
        **{key: values.mean() for key, values in each.items()},
        "each": {key: each[key] for key in spread},
        "deviation": {key: each[key].std(ddof=1) if count > 1 else 0.0 for key in spread},
    }


def catch_up_epoch(losses: Sequence[float], mark: float) -> int:
    """The first epoch, from 1, whose validation loss is as low as `mark`; 0 if none is."""
    return next((epoch for epoch, loss in enumerate(losses, start=1) if loss <= mark), 0)


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
    return float(roc_auc_score(of_second, scores))


def examples(scores: np.ndarray, ill: np.ndarray) -> list[dict[str, Any]]:
    """Rows to look at: the surest right and the surest wrong answer of both classes.

    Returns:
        `row`, `kind` (found, cleared, missed, alarm) and `probability` under even odds; one of each
        kind that there is.
    """
    called = scores >= 0
    kinds = (
        ("found", called & ill, -1),
        ("cleared", ~called & ~ill, 1),
        ("missed", ~called & ill, 1),
        ("alarm", called & ~ill, -1),
    )
    found = []
    for kind, mask, sign in kinds:
        rows = np.flatnonzero(mask)
        if len(rows):
            row = rows[np.argmin(sign * scores[rows])]
            probability = 1 / (1 + np.exp(-scores[row]))
            found.append({"row": row, "kind": kind, "probability": probability})
    return found
