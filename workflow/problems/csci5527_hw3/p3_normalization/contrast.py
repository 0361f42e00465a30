"""A slice that loses its contrast, normalized with and without ε (CSCI 5527 HW 3, problem 3)."""

from __future__ import annotations

import numpy as np
import torch

from proofsheet.learning.normalization import standardize

EPSILONS = (0.0, 1e-5, 1e-2)
"""No ε, PyTorch's default, and a large one."""


def contrast_sweep(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normalize a random slice of 48 numbers, scaled to one standard deviation after the other.

    Returns:
        The deviations (k,); and for each of `EPSILONS` the standard deviation of the output and the
        spectral norm of its Jacobian, (3, k) each.
    """
    deviations = np.logspace(-8, 1, 55)
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn((6, 8), generator=generator, dtype=torch.float64)
    pattern = standardize(drawn, (0, 1))
    spread, gain = np.zeros((2, len(EPSILONS), len(deviations)))
    for i, eps in enumerate(EPSILONS):
        for j, deviation in enumerate(deviations):
            x = 1 + deviation * pattern
            spread[i, j] = standardize(x, (0, 1), eps).std(correction=0)
            jacobian = torch.autograd.functional.jacobian(
                lambda values, eps=eps: standardize(values, (0, 1), eps), x
            )
            gain[i, j] = torch.linalg.matrix_norm(jacobian.reshape(48, 48), 2)
    return deviations, spread, gain
