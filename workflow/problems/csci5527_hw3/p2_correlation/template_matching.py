"""Template matching by cross-correlation (CSCI 5527 HW 3, problem 2 (f)).

A score map has the size of the image. Its entry at a pixel is the inner product of the template
with the patch around that pixel: the template's center, row (h − 1) // 2 and column (w − 1) // 2
of it, lies there. That is what `mode="same"` of `scipy.signal.correlate2d` returns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from problems.csci5527_hw3.p2_correlation.correlation import Method, correlate2d

Real = NDArray[np.floating]


def score_map(image: Real, template: Real, *, method: Method = "auto") -> Real:
    """Inner products of `template` with the patch around every pixel of `image`.

    Beyond its border the image is continued by its mirror image, the border pixel repeated, as by
    `boundary="symm"` of SciPy.

    Args:
        image: (H, W).
        template: (h, w), not larger than the image.

    Returns:
        (H, W).
    """
    (rows, columns), (h, w) = image.shape, template.shape
    above, left = center(template.shape)
    continued = np.pad(image, ((above, h - 1 - above), (left, w - 1 - left)), mode="symmetric")
    full = correlate2d(template, continued, method=method)
    return full[h - 1 : h - 1 + rows, w - 1 : w - 1 + columns]


def gray(face: np.ndarray) -> np.ndarray:
    """Gray levels (H, W) uint8 of a color image (H, W, 3), as `scipy.datasets.face(gray=True)`."""
    return (0.21 * face[:, :, 0] + 0.71 * face[:, :, 1] + 0.07 * face[:, :, 2]).astype(np.uint8)


def center(shape: tuple[int, ...]) -> tuple[int, int]:
    """Row and column of a template's center in itself; of two middle ones the first."""
    return (shape[0] - 1) // 2, (shape[1] - 1) // 2


def peak(scores: Real) -> tuple[int, int]:
    """Row and column of the largest score, the first one if there are several."""
    row, column = np.unravel_index(np.argmax(scores), scores.shape)
    return int(row), int(column)
