"""Measured features of beans, made ready for a classifier."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


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
    "sixteen": lambda x: np.asarray(x, dtype=float),
    "six": six_coordinates,
    "whitened": six_coordinates,
}


def fit_preprocessing(
    features: str, x: np.ndarray, y: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """Chosen features, with statistics of the rows (x, y): (n, 16) to (n, d).

    `sixteen` and `six` are standardized with mean and deviation of `x`; a feature that is constant
    in `x` keeps its scale. `whitened` has mean 0, and the identity as the mean over the rows of the
    covariance within their classes, so distances are Mahalanobis distances.
    """
    z = FEATURES[features](x)
    mean, scale = z.mean(axis=0), z.std(axis=0)
    scale[scale == 0] = 1.0

    def standardized(x: np.ndarray) -> np.ndarray:
        return (FEATURES[features](x) - mean) / scale

    if features != "whitened":
        return standardized
    z = standardized(x)
    within = np.concatenate([z[y == k] - z[y == k].mean(axis=0) for k in np.unique(y)])
    # The small term keeps a feature finite that is constant in each class.
    covariance = within.T @ within / len(within) + 1e-9 * np.eye(z.shape[1])
    whitening = np.linalg.inv(np.linalg.cholesky(covariance)).T
    return lambda x: standardized(x) @ whitening
