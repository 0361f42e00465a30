"""The digits that ship with scikit-learn, brought to the format of MNIST."""

from __future__ import annotations

import numpy as np

SIDE, BOX = 28, 20
"""Pixels of an image, and of the box inside that MNIST scales a digit to."""


def digits() -> tuple[np.ndarray, np.ndarray]:
    """1,797 handwritten digits, real ones, 8×8 pixels enlarged to 28×28.

    As MNIST's makers did: scaled to a box of 20×20, and put where the centre of mass is in the
    middle. The ink is enlarged by cubic splines.

    Returns:
        x: (1797, 28, 28) uint8, white on black.
        y: (1797,) int64.
    """
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits

    small = load_digits()
    ink = small.images / 16  # each pixel counts the black ones of 4×4
    scale = BOX / ink.shape[1]
    large = zoom(ink, (1, scale, scale), order=3, mode="grid-constant", grid_mode=True)
    large = np.round(255 * np.clip(large, 0, 1)).astype(np.uint8)
    return np.stack([centred(image) for image in large]), small.target.astype(np.int64)


def centred(image: np.ndarray) -> np.ndarray:
    """`image` (20, 20) in one of (28, 28), its centre of mass in the middle, to a pixel."""
    places = np.arange(BOX)
    mass = image.sum(dtype=float)
    row, column = places @ image.sum(axis=1) / mass, places @ image.sum(axis=0) / mass
    middle, most = (SIDE - 1) / 2, SIDE - BOX
    top = int(np.clip(np.round(middle - row), 0, most))
    left = int(np.clip(np.round(middle - column), 0, most))
    result = np.zeros((SIDE, SIDE), dtype=np.uint8)
    result[top : top + BOX, left : left + BOX] = image
    return result
