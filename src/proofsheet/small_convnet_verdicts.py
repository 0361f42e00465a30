"""What the experiments of EECS 182 HW 5, question 6, show, in words that follow the numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from proofsheet.small_convnets import MOST_EPOCHS, MOST_PARAMETERS, MOST_STEPS


def of_depth(found: Mapping[str, Any]) -> str:
    """Six layers with and without batch norm, by the training accuracies at the end."""
    plain, normalized = (found[kind]["train_accuracy"] for kind in ("plain", "normalized"))
    if normalized > plain + 0.05:
        return "batch norm makes the same net learn much faster"
    if normalized > plain:
        return "batch norm makes the same net learn somewhat faster"
    return "batch norm does not make this net learn faster here"


def of_dropout(found: Mapping[str, Any]) -> dict[str, str]:
    """The gap between training and validation, and whether validation gains.

    Returns:
        `gap` and `gain`, each a clause.
    """
    narrower = found["half"]["gap"] < found["none"]["gap"]
    gain, error = found["gain"]["mean"], found["gain"]["standard_error"]
    if gain > 2 * error:
        says = "gains, by more than two standard errors"
    elif gain < -2 * error:
        says = "loses, by more than two standard errors"
    else:
        says = "neither gains nor loses beyond two standard errors"
    return {"gap": "narrows" if narrower else "does not narrow", "gain": says}


def improvement(before: float, after: float, images: int) -> dict[str, Any]:
    """The difference of two test accuracies on the same number of images.

    Returns:
        `difference`, its `standard_error` (as if the images were drawn anew for each: an upper
        estimate for networks that err on the same images), and `verdict`.
    """
    error = math.sqrt((before * (1 - before) + after * (1 - after)) / images)
    difference = after - before
    if abs(difference) <= 2 * error:
        verdict = "which is within two standard errors"
    else:
        verdict = f"a {'gain' if difference > 0 else 'loss'} of more than two standard errors"
    return {"difference": difference, "standard_error": error, "verdict": verdict}


def of_limits(run: Mapping[str, Any]) -> bool:
    """Whether a run kept to the course's limits for a design of one's own."""
    return (
        run["parameters"] <= MOST_PARAMETERS
        and run["steps"] <= MOST_STEPS
        and run["epochs"] <= MOST_EPOCHS
    )
