"""Support vector machine with a Gaussian kernel (part a)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.svm import SVC

from problems.csci5527_hw2.p4_dry_beans.features import fit_preprocessing
from problems.csci5527_hw2.p4_dry_beans.model_selection import Fit, Rows, Run, tune
from proofsheet.data.dataset import Dataset

SVM_START: dict[str, Any] = {"features": "whitened", "C": 3, "gamma": 1 / 16}
SVM_AXES: dict[str, dict[str, tuple[Any, ...]]] = {
    "full": {"gamma": (1 / 64, 1 / 16, 1 / 4, 1 / 2), "C": (0.3, 3, 30)},
    "small": {"C": (3, 30)},
}
"""Grid, then axis, then the values to try, in the order of the search."""


def fit_svm(settings: Mapping[str, Any], rows: Rows, validation: Rows | None = None) -> Fit:
    """Fit preprocessing and machine on `rows`, and nothing else.

    Args:
        settings: `features`, and `C` and `gamma` of scikit-learn's `SVC` (one against one).
        rows: (x, y) with x (n, 16) as measured.
        validation: not used; a perceptron watches these rows.
    """
    x, y = rows
    prepare = fit_preprocessing(settings["features"], x, y)
    machine = SVC(C=settings["C"], gamma=settings["gamma"]).fit(prepare(x), y)
    return Fit(lambda x: machine.predict(prepare(x)))


def tune_classical(data: Dataset, device: object = None, *, grid: str, seed: int) -> Run:
    """Tune the machine on the validation rows; refit and test the best.

    Args:
        data: divided with `seed`.
        grid: a key of `SVM_AXES`.
    """
    return tune("support vector machine", data, fit_svm, SVM_START, SVM_AXES[grid], seed=seed)
