"""How far our cross-correlations are from SciPy's and PyTorch's, on random arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from problems.csci5527_hw3.p2_correlation.correlation import (
    correlate1d,
    correlate2d,
    correlate_multichannel,
)
from problems.csci5527_hw3.p2_correlation.derivations import torch_multichannel, tubes
from proofsheet.checks import relative_error

CASES = 200
SHAPES = (((1, 1), (5, 7)), ((3, 3), (5, 5)), ((4, 9), (6, 2)), ((7, 1), (40, 50)),
          ((40, 50), (8, 13)), ((31, 17), (100, 120)), ((64, 64), (64, 64)))  # fmt: skip
WAYS = ("direct", "fft", "auto")


def reversal_error(seed: int) -> float:
    """Largest relative error of y ⋆ x = x ⋆ y read backwards, on vectors of random lengths."""
    rng = np.random.default_rng([seed, 0])
    pairs = ([rng.standard_normal(n) for n in rng.integers(1, 60, 2)] for _ in range(CASES))
    return max(relative_error(correlate1d(y, x), correlate1d(x, y)[::-1]) for x, y in pairs)


def scipy_errors(seed: int) -> list[dict[str, Any]]:
    """Relative errors against SciPy by `WAYS`: first for `SHAPES`, then for `CASES` random ones."""
    rng = np.random.default_rng([seed, 3])
    rows = []
    for first, second in (*SHAPES, *rng.integers(1, 60, (CASES, 2, 2)).tolist()):
        z1, z2 = rng.standard_normal(first), rng.standard_normal(second)
        expected = scipy.signal.correlate2d(z2, z1, mode="full")
        errors = {way: relative_error(correlate2d(z1, z2, method=way), expected) for way in WAYS}
        rows.append({"z1": list(first), "z2": list(second), **errors})
    return rows


def channel_errors(seed: int) -> dict[str, float]:
    """Relative errors against `torch.nn.Conv2d` at the sizes of part (g).

    Returns:
        In float64 of `planes`, equation (1) of the text; of `tubes`, the text's other definition;
        of the `slice` of SciPy's full 3D cross-correlation; and of ours in `float32`.
    """
    rng = np.random.default_rng([seed, 2])
    x, y = rng.standard_normal((3, 3, 50)), rng.standard_normal((50, 50, 50))
    expected = torch_multichannel(x, y)
    single = x.astype(np.float32), y.astype(np.float32)
    return {
        "planes": relative_error(correlate_multichannel(x, y), expected),
        "tubes": relative_error(tubes(x, y), expected),
        "slice": relative_error(scipy.signal.correlate(y, x, method="fft")[:, :, 49], expected),
        "float32": relative_error(correlate_multichannel(*single), torch_multichannel(*single)),
    }
