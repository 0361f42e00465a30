"""Convolution as a matrix, and the transpose convolution (EECS 182 HW 5, question 1).

Neural networks' convention: the filter is not flipped. With output place i, filter place u and
stride s (tuples in two dimensions),

    convolution             y_i         = Σ_u K_u x_{s·i + u}        (n − k) // s + 1 outputs
    transpose convolution   z_{s·i + u} ← Σ_i Σ_u K_u x_i            (n − 1)·s + k outputs

Signals and images are arrays of any dimension, of numbers or of SymPy's symbols.
"""

from __future__ import annotations

from itertools import product

import numpy as np


def placements(x: np.ndarray, kernel: np.ndarray, stride: int = 1) -> np.ndarray:
    """One term for each element of x: the filter times it, at its place in the output.

    Args:
        x: (n₁, …).
        kernel: (k₁, …), with as many axes as x.
        stride: distance of the places.

    Returns:
        (x.size, (n₁ − 1)·stride + k₁, …); their sum is the transpose convolution.
    """
    size = [(n - 1) * stride + k for n, k in zip(x.shape, kernel.shape, strict=True)]
    terms = np.zeros((x.size, *size), dtype=np.result_type(x, kernel))
    for term, (place, value) in zip(terms, np.ndenumerate(x), strict=True):
        term[_window(place, kernel, stride)] = value * kernel
    return terms


def transpose_convolution(x: np.ndarray, kernel: np.ndarray, stride: int = 1) -> np.ndarray:
    """The scaled and shifted filters, added up; arguments as in `placements`."""
    return placements(x, kernel, stride).sum(axis=0)


def convolution_matrix(kernel: np.ndarray, shape: tuple[int, ...], stride: int = 1) -> np.ndarray:
    """The matrix C with C·x.ravel() = convolution of x, without padding.

    Args:
        kernel: one axis for each entry of `shape`, and nowhere larger.
        shape: of x.

    Returns:
        (outputs, inputs), both in the order of `ravel`: in each row the filter at one place.
    """
    outputs = [(n - k) // stride + 1 for n, k in zip(shape, kernel.shape, strict=True)]
    rows = np.zeros((int(np.prod(outputs)), *shape), dtype=kernel.dtype)
    for row, place in zip(rows, product(*map(range, outputs)), strict=True):
        row[_window(place, kernel, stride)] = kernel
    return rows.reshape(len(rows), -1)


def _window(place: tuple[int, ...], kernel: np.ndarray, stride: int) -> tuple[slice, ...]:
    return tuple(
        slice(i * stride, i * stride + k) for i, k in zip(place, kernel.shape, strict=True)
    )
