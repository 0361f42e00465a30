"""The geometry of sliding windows, shared by convolution and pooling."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

Pair = int | tuple[int, int]


def pair(value: Pair, name: str, least: int) -> tuple[int, int]:
    """`value` for height and width.

    Raises:
        ValueError: neither an integer nor two of them, or one below `least`.
    """
    both = tuple(value) if isinstance(value, Sequence) else (value, value)
    if len(both) != 2 or not all(isinstance(v, Integral) and v >= least for v in both):
        raise ValueError(f"{name}: got {value!r}, wants one integer or two, each at least {least}")
    return int(both[0]), int(both[1])


def window_count(size: int, kernel: int, stride: int, padding: int = 0) -> int:
    """How many windows fit along an axis; a rest that no window covers is left out."""
    return (size + 2 * padding - kernel) // stride + 1


def every(start: int, count: int, stride: int) -> slice:
    """The `count` positions `start`, `start` + `stride`, …"""
    return slice(start, start + stride * (count - 1) + 1, stride)
