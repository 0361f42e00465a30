"""Trainings of CS 7643 PS 2, problem 7, on the long tail, compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from proofsheet.learning.accuracy_difference import accuracy_difference


def long_tail(
    recalls: Mapping[str, Sequence[float]],
    named: Mapping[str, Sequence[float]],
    counts: Sequence[int],
    images: int,
) -> dict[str, Any]:
    """Frequent and rare classes under the three losses.

    Args:
        recalls: per loss the (K,) recalls on a test set whose classes are of equal size.
        named: per loss the (K,) shares of the test images that are called each class.
        counts: (K,) training images.
        images: test images of one class.

    Returns:
        `groups`: per loss the mean recall of the three most frequent, the three rarest and the
        other classes; `named_rare`: per loss the share of the test images that are called one of
        the rarest; `focal_gap` between the two weighted losses, without its sign; the largest
        `standard_error` of a difference between two losses.
    """
    order = np.argsort(-np.asarray(counts), kind="stable")
    parts = {"frequent": order[:3], "middle": order[3:-3], "rare": order[-3:]}
    accuracy = {name: float(np.mean(values)) for name, values in recalls.items()}
    # The error is largest for the two accuracies that are closest to one half.
    two = sorted(accuracy.values(), key=lambda a: a * (1 - a))[-2:]
    return {
        "groups": {
            name: {part: float(np.mean(np.asarray(values)[k])) for part, k in parts.items()}
            for name, values in recalls.items()
        },
        "named_rare": {n: float(np.asarray(s)[parts["rare"]].sum()) for n, s in named.items()},
        "focal_gap": abs(accuracy["focal"] - accuracy["class_balanced"]),
        "standard_error": accuracy_difference(*two, images * len(order))["standard_error"],
    }
