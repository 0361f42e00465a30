"""What the experiments of EECS 182 HW 5, question 6, show, in words that follow the numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from problems.eecs182_hw5.q6_cnn.designs import MOST_EPOCHS, MOST_PARAMETERS, MOST_STEPS
from proofsheet.report.numbers import fixed, percent, scientific


def of_depth(found: Mapping[str, Any]) -> str:
    """Six layers with and without batch norm, by the training accuracies at the end."""
    plain, normalized = (found[kind]["train_accuracy"] for kind in ("plain", "normalized"))
    if normalized > plain + 0.05:
        return "batch norm makes the same net learn much faster"
    if normalized > plain:
        return "batch norm makes the same net learn somewhat faster"
    return "batch norm does not make this net learn faster here"


def of_scales(found: Mapping[str, Any], images: int) -> str:
    """Where the plain net is ahead of the one with batch norm, and how their best values compare.

    Args:
        found: `scales`, and for `plain` and `normalized` the accuracies at each of them, the best
            validation accuracy and how many scales are `workable`.
        images: for validation.

    Returns:
        Two sentences.
    """
    plain, normalized, scales = found["plain"], found["normalized"], found["scales"]
    ahead, held = (
        [i for i, (p, n) in enumerate(zip(plain[name], normalized[name], strict=True)) if p > n]
        for name in ("train_accuracy", "validation_accuracy")
    )
    pairs = [
        f"{percent(p, 1)} against {percent(n, 1)}"
        for p, n in zip(plain["train_accuracy"], normalized["train_accuracy"], strict=True)
    ]
    higher = "the plain net has the higher training accuracy"
    if not ahead:
        training = "At no scale does the plain net have the higher training accuracy"
    elif len(ahead) == len(scales):
        training = f"At every scale {higher}"
    elif ahead == [len(scales) - 1]:
        training = f"At the largest scale, though, {higher} ({pairs[-1]})"
    elif ahead == list(range(ahead[0], len(scales))):
        training = (
            f"From a scale of {_scale(scales[ahead[0]])} upward, though, {higher} at every scale"
            f" ({pairs[-1]} at the largest)"
        )
    else:
        training = (
            f"At {_count(len(ahead))}, though, {higher} (at {_scale(scales[ahead[-1]])}:"
            f" {pairs[ahead[-1]]})"
        )
    best = [found[kind]["best_validation_accuracy"] for kind in ("plain", "normalized")]
    difference = improvement(*best, images)
    if abs(difference["difference"]) > 2 * difference["standard_error"]:
        compared = "differ by more than two standard errors"
        brings = (
            "batch norm is better at its best scale, too"
            if difference["difference"] > 0
            else "at its best scale the plain net is the better one"
        )
    else:
        compared = "are close"
        brings = (
            "what batch norm brings here is that the scale need not be hit"
            if normalized["workable"] > plain["workable"]
            else "batch norm brings little here"
        )
    only = " only" if len(held) < len(ahead) else ""
    return (
        f"{training}. On validation images it is ahead at {_count(len(held))}{only}, and the best"
        f" values, {percent(best[0], 1)} and {percent(best[1], 1)} with batch norm, {compared}:"
        f" {brings}."
    )


def _scale(value: float) -> str:
    return fixed(value, 2) if value >= 0.01 else scientific(value)


def _count(number: int) -> str:
    return {0: "no scale", 1: "one scale", 2: "two scales"}.get(number, f"{number} scales")


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


def on_limits(run: Mapping[str, Any]) -> str:
    """The same as a clause."""
    return f"which is {'' if of_limits(run) else 'not '}within all limits"


def on_precision(run: Mapping[str, Any]) -> str:
    """Whether the products were `mixed`, in bfloat16, as a clause."""
    return "as it is here" if run["mixed"] else "which it is not here"
