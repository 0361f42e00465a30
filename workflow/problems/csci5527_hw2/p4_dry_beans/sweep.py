"""CSCI 5527 HW 2, problem 4: one setting of a classifier of beans, as the searches try it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from proofsheet.sweeps.runs import Common, Metrics, finite, of_predictions


def mlp(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """Perceptrons; what is not swept is as the search starts."""
    # Here and below, so that neither kind pays for the other's library.
    from problems.csci5527_hw2.p4_dry_beans.mlp_ensemble import MLP_START, fit_mlp
    from proofsheet.sweeps.on_device import device_of

    settings = {**MLP_START[common.start["grid"]], **parameters}
    seed = settings.pop("seed", 0)
    settings["hidden"] = tuple(settings["hidden"])
    train, val = common.data.train, common.data.val
    predict, curves, _ = fit_mlp(
        settings, (train.x, train.y), seed=seed, device=device_of(common), validation=(val.x, val.y)
    )
    return of_predictions(predict(val.x), val.y) | {
        "validation_loss": finite(curves["validation_loss"][-1])
    }


def _classical(family: str, common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """One family; what is not swept is as in the first setting of its grid."""
    from problems.csci5527_hw2.p4_dry_beans.classical import CLASSICAL_GRIDS, fit_pipeline

    settings = {**CLASSICAL_GRIDS[common.start["grid"]][family][0], **parameters}
    seed = settings.pop("seed", 0)
    train, val = common.data.train, common.data.val
    predict = fit_pipeline(family, settings, (train.x, train.y), seed=seed)
    return of_predictions(predict(val.x), val.y)


svm = partial(_classical, "support vector machine")
forest = partial(_classical, "random forest")
boosting = partial(_classical, "gradient boosting")
