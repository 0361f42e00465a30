"""SGD with batch size 1 on f(w) = ½(w − 2)² + ½(w + 1)² (CS 7643 PS 2, problem 6).

Every function takes floats, arrays or exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np

CENTRES = (2, -1)  # the minimizers of the two terms


def term(i: int, w: Any) -> Any:
    """f_i(w) = ½(w − c_i)², i = 0 or 1."""
    return (w - CENTRES[i]) ** 2 / 2


def loss(w: Any) -> Any:
    """f = f₁ + f₂."""
    return term(0, w) + term(1, w)


def step(w: Any, i: int, eta: Any) -> Any:
    """One step of SGD on the term i: w − η f_i′(w)."""
    return w - eta * (w - CENTRES[i])


def outcomes(points: Iterable[Fraction], rates: Iterable[Fraction]) -> np.ndarray:
    """What each step does to the whole loss, in exact arithmetic.

    Args:
        points, rates: fractions, of which every combination is tried.

    Returns:
        (2, rates, points) of −1, 0, 1 for a loss that falls, stays, rises; first axis the term.
    """
    points, rates = list(points), list(rates)
    return np.array(
        [
            [[_sign(loss(step(w, i, eta)) - loss(w)) for w in points] for eta in rates]
            for i in range(2)
        ]
    )


def _sign(x: Any) -> int:
    return (x > 0) - (x < 0)
