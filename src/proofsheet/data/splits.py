"""Remove duplicates and split a dataset at random, by rows or by patients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FRACTIONS = (0.6, 0.2, 0.2)
"""Shares of train, validation and test."""


def first_occurrences(x: np.ndarray) -> np.ndarray:
    """Indices of the rows of `x` (n, …) that are equal to no earlier row, ascending."""
    return np.sort(np.unique(x, axis=0, return_index=True)[1])


def stratified_split(
    y: np.ndarray, fractions: Sequence[float] = FRACTIONS, seed: int = 0
) -> list[np.ndarray]:
    """Divide the indices of `y` (n,) at random, each class in the same proportions.

    The classes are laid in a row, shuffled inside, and each part is picked from the row at even
    distances. So a part's size is its share of n, rounded, and its count of any class is less
    than two from its share of that class; both hold for any class sizes.

    Returns:
        One shuffled array of indices per fraction; together they are 0 … n−1, each once.
    """
    if len(fractions) == 0 or min(fractions) <= 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError(f"fractions {tuple(fractions)} are not positive numbers that add up to 1")
    rng = np.random.default_rng(seed)
    row = np.lexsort((rng.permutation(len(y)), y))
    parts, remaining = [], 1.0
    for fraction in fractions[:-1]:
        # The k-th of the row is picked where the rounded running share goes up by one.
        share = np.round(np.arange(len(row) + 1) * min(fraction / remaining, 1.0))
        picked = np.diff(share) > 0
        parts.append(row[picked])
        row, remaining = row[~picked], remaining - fraction
    parts.append(row)
    return [rng.permutation(part) for part in parts]


def divide_patients(
    patient: np.ndarray, stratum: np.ndarray, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Split images at random in two, with all images of a patient on the same side.

    Images of one patient resemble each other. With some of them in training and others in
    validation, the validation score would partly measure memory.

    Args:
        patient: (n,) patient number of each image.
        stratum: (n,) a property of the patient; each value is divided in the same proportions.
        share: fraction of the patients on the second side, in (0, 1).

    Returns:
        Ascending indices of the images on each side; together they are 0 … n−1, each once.
    """
    known, first = np.unique(patient, return_index=True)
    _, picked = stratified_split(stratum[first], (1 - share, share), seed)
    second = np.isin(patient, known[picked])
    return np.flatnonzero(~second), np.flatnonzero(second)
