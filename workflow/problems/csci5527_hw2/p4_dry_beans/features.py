"""Measured features of beans, made ready for a classifier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


def sixteen_features(x: np.ndarray) -> np.ndarray:
    """The features as the file has them: (n, 16) to (n, 16)."""
    return np.asarray(x, dtype=float)


def six_coordinates(x: np.ndarray) -> np.ndarray:
    """Size and five shape ratios, which the other features are functions of: (n, 16) to (n, 6).

    The columns of `x` are in the order of the file. Lengths and areas spread over powers, so they
    enter by their logarithm; solidity and the ellipse ratio crowd just below 1, so it is their
    distance from 1 that enters by its logarithm.
    """
    area, major, minor, extent, solidity, roundness, ellipse = (
        np.asarray(x, dtype=float)[:, j] for j in (0, 2, 3, 8, 9, 10, 15)
    )
    floor = 1e-5  # a bean drawn in pixels can fill its hull or ellipse to the last digit
    return np.column_stack(
        [
            np.log(area),
            np.log(major / minor),
            np.log(np.maximum(1 - solidity, floor)),
            np.log(np.maximum(1 - ellipse, floor)),
            np.log(roundness),
            extent,
        ]
    )


FEATURES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sixteen": sixteen_features,
    "six": six_coordinates,
}


@dataclass(frozen=True)
class Preprocessing:
    """Chosen features, then (x − mean) / scale with statistics of the rows it was fitted on."""

    features: str
    mean: np.ndarray
    scale: np.ndarray

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Measured features (n, 16) to standardized ones (n, d)."""
        return (FEATURES[self.features](x) - self.mean) / self.scale


def fit_preprocessing(features: str, x: np.ndarray) -> Preprocessing:
    """Mean and standard deviation of `x` (n, 16) in the chosen features; constants keep scale 1."""
    z = FEATURES[features](x)
    scale = z.std(axis=0)
    return Preprocessing(features, z.mean(axis=0), np.where(scale > 0, scale, 1.0))
