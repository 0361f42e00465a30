"""Initial weights."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import DTypeLike

Init = str | float
Rng = np.random.Generator | int | None


def initial_weights(
    shape: tuple[int, ...], fan_in: int, fan_out: int, init: Init, rng: Rng, dtype: DTypeLike
) -> np.ndarray:
    """Weights drawn from N(0, σ²) (dl_hw1, Q5.1 and Q6.1).

    Args:
        init: `"xavier"`, σ² = 2 / (fan_in + fan_out); `"he"`, σ² = 2 / fan_in; or σ itself.
        rng: generator, seed, or None for one that differs from run to run.

    Raises:
        ValueError: unknown `init`, negative σ, or a dtype that is not floating point.
    """
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise ValueError(f"dtype: got {dtype}, wants a floating-point type")
    if init == "xavier":
        std = math.sqrt(2 / (fan_in + fan_out))
    elif init == "he":
        std = math.sqrt(2 / fan_in)
    elif isinstance(init, (int, float)) and init >= 0:
        std = float(init)
    else:
        raise ValueError(f"init: got {init!r}, wants 'xavier', 'he' or a standard deviation ≥ 0")
    # Drawn in double whatever the dtype, so that float32 and float64 networks start alike.
    return (std * np.random.default_rng(rng).standard_normal(shape)).astype(dtype)
