"""Choosing by validation rows, and a test set that opens once.

The order of the work is in the signatures: the searches see what a trial scored on the validation
rows, and the test rows sit in a `SealedTest`, which answers one question and then refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Predictor = Callable[[np.ndarray], np.ndarray]
"""Features (n, d) as measured, to classes (n,)."""

Rows = tuple[np.ndarray, np.ndarray]
"""(x, y): features (n, d) as measured, and classes (n,)."""


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
    questions: int = 0

    def predictions(self, predict: Predictor) -> np.ndarray:
        """The classes that `predict` gives to the test rows, (n,).

        Raises:
            RuntimeError: the rows have been used before.
        """
        if self.questions:
            raise RuntimeError("the test set has been used: it measures one classifier, once")
        self.questions += 1
        return predict(self.x)


@dataclass(frozen=True)
class Split:
    """Rows to fit, rows to choose by, and rows to measure the choice."""

    train: Rows
    validation: Rows
    test: SealedTest

    def fitting_rows(self) -> Rows:
        """Training and validation rows together: what the chosen setting is fitted on at last."""
        (x, y), (x_more, y_more) = self.train, self.validation
        return np.concatenate([x, x_more]), np.concatenate([y, y_more])


def seal(dataset: Any) -> Split:
    """The three parts of a prepared dataset (`train`, `val`, `test` with `x` and `y`)."""
    train, validation, test = dataset.train, dataset.val, dataset.test
    return Split((train.x, train.y), (validation.x, validation.y), SealedTest(test.x, test.y))


# How settings are printed: the sentence, and how a value stands in it.
_PRINTED = {
    "features": ("{} features", str),
    "C": ("C = {}", "{:g}".format),
    "gamma": ("γ = {}", lambda value: f"1/{1 / value:g}" if value < 1 else f"{value:g}"),
    "hidden": ("hidden layers {}", lambda widths: "–".join(map(str, widths))),
    "learning_rate": ("learning rate {}", "{:g}".format),
    "weight_decay": ("weight decay {}", "{:g}".format),
    "dropout": ("dropout {}", "{:g}".format),
}


def described(settings: Mapping[str, Any]) -> str:
    """Hyperparameters as a reader of the chapter names them; what is never varied is left out."""
    return ", ".join(
        form.format(shown(settings[name]))
        for name, (form, shown) in _PRINTED.items()
        if name in settings
    )
