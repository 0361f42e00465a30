"""A division in which all images of a patient are on one side.

Two images of one patient resemble each other more than those of two patients: with one for
training and one for validation, the validation would in part ask what is remembered.
"""

from __future__ import annotations

import numpy as np

from proofsheet.data.splits import stratified_split


def divide_patients(
    patient: np.ndarray, stratum: np.ndarray, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Divide images at random into two sides, patient by patient.

    Args:
        patient: (n,) which patient each image is of.
        stratum: (n,) a property of the patient; each value is divided in the same proportions.
        share: of the patients that go to the second side, in (0, 1).
        seed: of the draw.

    Returns:
        Ascending indices of the images on either side; together they are 0 … n−1, each once.
    """
    known, first = np.unique(patient, return_index=True)
    _, picked = stratified_split(stratum[first], (1 - share, share), seed)
    second = np.isin(patient, known[picked])
    return np.flatnonzero(~second), np.flatnonzero(second)
