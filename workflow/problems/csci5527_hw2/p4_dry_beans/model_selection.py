"""Choosing by validation rows, and a test set that opens once.

The order of the work is in the signatures: the searches see what a trial scored on the validation
rows, and the test rows sit in a `SealedTest`, which answers one question and then refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from proofsheet.data.dataset import Dataset
from proofsheet.jobs.progress import Epochs
from proofsheet.learning.classification import accuracy, confusion_matrix

Predictor = Callable[[np.ndarray], np.ndarray]
"""Features (n, d) as measured, to classes (n,)."""

Rows = tuple[np.ndarray, np.ndarray]
"""(x, y): features (n, d) as measured, and classes (n,)."""

Run = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Metrics and arrays."""


@dataclass(frozen=True)
class Fit:
    """A fitted classifier, with numbers on it and its learning curves, if it has any."""

    predict: Predictor
    facts: Mapping[str, Any] = field(default_factory=dict)
    curves: Mapping[str, np.ndarray] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Trial:
    """One setting, fitted on the training rows, and how it did on the validation rows."""

    settings: Mapping[str, Any]
    validation_accuracy: float
    fitted: Fit | None = None


def best(trials: Iterable[Trial]) -> Trial:
    """The trial with the highest validation accuracy; of equals the first."""
    return max(trials, key=lambda trial: trial.validation_accuracy)


def coordinate_search(
    start: Mapping[str, Any],
    axes: Mapping[str, Sequence[Any]],
    trial_of: Callable[[dict[str, Any]], Trial],
) -> Iterator[tuple[str, Trial]]:
    """Tune one axis after the other, keeping the best value of each before the next.

    With a axes of v values each, this takes a·(v − 1) + 1 trials where the grid takes v^a.

    Args:
        start: a value for every axis, one of those to try, and for what stays fixed.
        axes: values to try, in the order in which the axes are tuned.
        trial_of: fits and scores one setting.

    Yields:
        The axis and the trial, first `("start", …)`. The best of all trials is the result of the
        search: a later value replaces an earlier one only if its accuracy is higher.
    """
    leader = trial_of(dict(start))
    yield "start", leader
    for axis, values in axes.items():
        base = leader.settings
        for value in values:
            if value != base[axis]:
                trial = trial_of({**base, axis: value})
                yield axis, trial
                leader = best([leader, trial])


@dataclass
class SealedTest:
    """Test rows that answer one question: how does this one classifier do?

    A second question would make them validation rows, so it is an error.
    """

    x: np.ndarray = field(repr=False)
    y: np.ndarray = field(repr=False)
    used: bool = False

    def predictions(self, predict: Predictor) -> np.ndarray:
        """The classes that `predict` gives to the test rows, (n,).

        Raises:
            RuntimeError: the rows have been used before.
        """
        if self.used:
            raise RuntimeError("the test set has been used: it measures one classifier, once")
        self.used = True
        return predict(self.x)


def tune(
    model: str,
    data: Dataset,
    fit: Callable[..., Fit],
    start: Mapping[str, Any],
    axes: Mapping[str, Sequence[Any]],
    *,
    seed: int,
    curves: bool = True,
) -> Run:
    """Search by validation accuracy; fit the best setting to all but the test rows and test it.

    Args:
        model: its name in the results.
        data: divided with `seed`.
        fit: of settings, rows, and rows to watch.
        start, axes: of `coordinate_search`.
        curves: whether the trials watch the validation rows, which takes time.
    """
    train, validation = (data.train.x, data.train.y), (data.val.x, data.val.y)
    test = SealedTest(data.test.x, data.test.y)

    def trial_of(settings: dict[str, Any]) -> Trial:
        fitted = fit(settings, train, validation if curves else None)
        return Trial(settings, float(np.mean(fitted.predict(data.val.x) == data.val.y)), fitted)

    candidates = 1 + sum(len(values) - 1 for values in axes.values())
    steps, bar = [], Epochs(candidates, f"{model}, split {seed}")
    for _, step in zip(bar, coordinate_search(start, axes, trial_of), strict=True):
        steps.append(step)
        bar.report(validation_accuracy=step[1].validation_accuracy)
    chosen = best(trial for _, trial in steps)

    # The choice is made: its rows are free to be fitted, and the test set opens once.
    both = tuple(np.concatenate(parts) for parts in zip(train, validation, strict=True))
    fitted = fit(chosen.settings, both)
    predicted = test.predictions(fitted.predict)
    confusion = confusion_matrix(test.y, predicted, len(data.class_names))
    return {
        "seed": seed,
        "model": model,
        "settings": chosen.settings,
        "candidates": len(steps),
        "validation_accuracy": chosen.validation_accuracy,
        "test_accuracy": float(accuracy(confusion)),
        "trials": [
            {
                "axis": axis,
                "settings": trial.settings,
                "validation_accuracy": trial.validation_accuracy,
                **trial.fitted.facts,
            }
            for axis, trial in steps
        ],
        **fitted.facts,
    }, {
        "confusion": confusion,
        "predicted": predicted,
        "truth": test.y,
        **chosen.fitted.curves,
    }
