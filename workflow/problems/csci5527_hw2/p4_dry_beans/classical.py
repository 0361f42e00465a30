"""Support vector machine, random forest and gradient boosting, tuned over a grid each."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.svm import SVC

from problems.csci5527_hw2.p4_dry_beans.features import fit_preprocessing
from problems.csci5527_hw2.p4_dry_beans.model_selection import (
    Predictor,
    Rows,
    Trial,
    best,
    scored,
    seal,
)
from problems.csci5527_hw2.p4_dry_beans.tune import Run, tested, told
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.progress import Epochs

SVM, FOREST, BOOSTING = "support vector machine", "random forest", "gradient boosting"


def grid(**axes: Sequence[Any]) -> list[dict[str, Any]]:
    """Every combination of the axes' values, the last axis fastest."""
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


BOTH = ("sixteen", "six")
CLASSICAL_GRIDS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "full": {
        SVM: grid(
            features=BOTH, C=(1, 3, 10, 30, 100), gamma=(1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4)
        ),
        FOREST: grid(
            features=BOTH, n_estimators=(200,), max_features=(2, 4), min_samples_leaf=(1, 3)
        ),
        BOOSTING: grid(
            features=BOTH,
            max_iter=(150,),
            learning_rate=(0.02, 0.05, 0.1),
            max_leaf_nodes=(4, 8, 16),
        ),
    },
    "small": {
        SVM: grid(features=("six",), C=(3, 10), gamma=(1 / 8,)),
        FOREST: grid(features=("six",), n_estimators=(10,), min_samples_leaf=(3,)),
        BOOSTING: grid(features=("six",), max_iter=(10,), max_leaf_nodes=(8,)),
    },
}
"""Grid, then family, then the settings to try, the plainer first: a tie goes to the earlier."""


MODELS: dict[str, Callable[..., Any]] = {
    SVM: lambda seed, **settings: SVC(kernel="rbf", **settings),
    FOREST: lambda seed, **settings: RandomForestClassifier(
        random_state=seed, n_jobs=1, **settings
    ),
    BOOSTING: lambda seed, **settings: HistGradientBoostingClassifier(
        random_state=seed, early_stopping=False, **settings
    ),
}


def fit_pipeline(family: str, settings: Mapping[str, Any], rows: Rows, *, seed: int) -> Predictor:
    """Fit preprocessing and classifier on `rows`, and nothing else.

    Args:
        family: `SVM` (RBF kernel, one against one), `FOREST` or `BOOSTING`.
        settings: `features`, and hyperparameters under scikit-learn's names.
        rows: (x, y) with x (n, 16) as measured.
        seed: of the forest's and the booster's draws.
    """
    x, y = rows
    settings = dict(settings)
    prepare = fit_preprocessing(settings.pop("features"), x)
    model = MODELS[family](seed, **settings).fit(prepare(x), y)
    return lambda x: model.predict(prepare(x))


def tune(
    grids: Mapping[str, Sequence[Mapping[str, Any]]], train: Rows, validation: Rows, *, seed: int
) -> Iterator[Trial]:
    """Fit every setting of every family on the training rows, score it on the validation rows.

    Args:
        grids: settings per family; each has a key `features` beside the hyperparameters.
        train, validation: rows to fit and rows to score.
        seed: of the fits.
    """
    for family, candidates in grids.items():
        for settings in candidates:
            predict = fit_pipeline(family, settings, train, seed=seed)
            yield scored(family, settings, predict, validation)


def tune_classical(data: Dataset, device: object = None, *, grid: str, seed: int) -> Run:
    """Tune SVM, forest and boosting on the validation rows; refit and test the best (part a).

    Args:
        data: divided with `seed`.
        grid: a key of `CLASSICAL_GRIDS`.
    """
    split = seal(data)
    # Training and validation rows only.
    grids = CLASSICAL_GRIDS[grid]
    trials, bar = [], Epochs(sum(map(len, grids.values())), f"classical, split {seed}")
    for _, trial in zip(bar, tune(grids, split.train, split.validation, seed=seed), strict=True):
        trials.append(trial)
        bar.report(validation_accuracy=trial.validation_accuracy)
    chosen = best(trials)

    # The choice is made: its rows are free to be fitted, and the test set opens once.
    predict = fit_pipeline(chosen.family, chosen.settings, split.fitting_rows(), seed=seed)
    metrics, arrays = tested(split, chosen, predict, len(data.class_names), seed)
    return metrics | {
        "candidates": len(trials),
        "trials": [{"family": trial.family} | told(trial) for trial in trials],
    }, arrays
