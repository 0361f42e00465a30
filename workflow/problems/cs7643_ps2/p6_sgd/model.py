"""SGD with batch size 1 on f(w) = ½(w − 2)² + ½(w + 1)² (CS 7643 PS 2, problem 6).

Every function takes floats, arrays or exact fractions.
"""

from __future__ import annotations

from typing import Any

CENTERS = (2, -1)  # the minimizers of the two terms


def term(i: int, w: Any) -> Any:
    """f_i(w) = ½(w − c_i)², i = 0 or 1."""
    return (w - CENTERS[i]) ** 2 / 2


def loss(w: Any) -> Any:
    """f = f₁ + f₂."""
    return term(0, w) + term(1, w)


def step(w: Any, i: int, eta: Any) -> Any:
    """One step of SGD on the term i: w − η f_i′(w)."""
    return w - eta * (w - CENTERS[i])
