"""Jacobians by difference quotients: what one writes when nothing else is at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def forward_quotient(f: Callable[..., Any], x: Sequence[float], step: float) -> np.ndarray:
    """(f(x + h eⱼ) − f(x)) / h for every input j.

    Args:
        f: of n numbers; returns a sequence of m numbers.
        x: (n,), the point.
        step: h > 0.

    Returns:
        (m, n), the approximate Jacobian; n + 1 evaluations of f.
    """
    x = np.asarray(x, dtype=float)
    value = np.asarray(f(*x))
    columns = [(np.asarray(f(*(x + h))) - value) / step for h in step * np.eye(x.size)]
    return np.stack(columns, axis=1)


def central_quotient(f: Callable[..., Any], x: Sequence[float], step: float) -> np.ndarray:
    """(f(x + h eⱼ) − f(x − h eⱼ)) / 2h for every input j: (m, n), 2n evaluations of f."""
    x = np.asarray(x, dtype=float)
    columns = [
        (np.asarray(f(*(x + h))) - np.asarray(f(*(x - h)))) / (2 * step)
        for h in step * np.eye(x.size)
    ]
    return np.stack(columns, axis=1)
