"""What the smallest error over a range of penalties is worth, chosen by the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def verdict(errors: Sequence[float], nothing: float) -> str:
    """Where the smallest error lies, and whether it beats the fit ŵ = 0.

    Args:
        errors: of the fits with growing penalties.
        nothing: the error of ŵ = 0, to which every fit tends as its penalty grows.
    """
    best = int(np.argmin(errors))
    place = "within the range drawn"
    if best in (0, len(errors) - 1):
        place = f"at the {'smallest' if best == 0 else 'largest'} penalty drawn"
    gain = "which is" if errors[best] < nothing else "which is not"
    return f"{place}, {gain} better than to predict nothing"
