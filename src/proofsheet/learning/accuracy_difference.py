"""The difference of two accuracies, beside its standard error."""

from __future__ import annotations

import math


def accuracy_difference(first: float, second: float, images: int) -> dict[str, float]:
    """Compare two accuracies that were each measured on so many images.

    Args:
        first, second: shares in [0, 1].
        images: test images of each measurement.

    Returns:
        `difference`: second minus first; `standard_error`: of that difference, as if the images
        were drawn anew for each accuracy. On the same images two classifiers tend to make the same
        errors, so this is an upper estimate.
    """
    variance = (first * (1 - first) + second * (1 - second)) / images
    return {"difference": second - first, "standard_error": math.sqrt(variance)}
