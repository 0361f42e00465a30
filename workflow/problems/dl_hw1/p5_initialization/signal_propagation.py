"""How large activations are in a deep network before it is trained.

A weight matrix W with independent entries of mean 0 and variance σ² maps x to z = xW, where
each z_j has mean 0 and variance σ²|x|² = fan_in σ² mean(x²). In the limit of wide layers the z_j
are independent and normal, so that one number per image and layer, the variance q of z, says
everything (Poole et al. 2016):

    q_1 = σ_1² |x|²,      q_{l+1} = n σ_{l+1}² E[φ(√q_l Z)²],      Z standard normal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from problems.dl_hw1.p5_initialization.initialization import STANDARD_DEVIATION

# A standard normal variable on a grid: for analytic functions the trapezoidal rule converges
# exponentially on the whole line, faster here than Gauss–Hermite quadrature.
_NODES = np.linspace(-9, 9, 513)
_WEIGHTS = np.exp(-(_NODES**2) / 2)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


class Moments(NamedTuple):
    """Of an activation φ at z ~ N(0, q): E φ(z) and E φ(z)², elementwise in q."""

    first: Callable[[np.ndarray], np.ndarray]
    second: Callable[[np.ndarray], np.ndarray]


MOMENTS = {
    "tanh": Moments(
        first=np.zeros_like,
        second=lambda q: np.tanh(np.sqrt(q)[..., None] * _NODES) ** 2 @ _WEIGHTS,
    ),
    # The integrand has a kink, and the integral a closed form.
    "relu": Moments(first=lambda q: np.sqrt(q / (2 * np.pi)), second=lambda q: q / 2),
}


def predicted_statistics(
    squared_norms: np.ndarray, sizes: Sequence[int], method: str, activation: str
) -> dict[str, np.ndarray]:
    """`mean` and `std` to expect of the activations in each hidden layer, (L,) each.

    They are over the units of a wide layer and over these images.

    Args:
        squared_norms: |x|² of each image, (n,).
        sizes: widths `(inputs, h_1, …, h_L, classes)`.
        method: of the initialization, see `problems.dl_hw1.p5_initialization.initialization`.
        activation: `tanh` or `relu`.
    """
    moments = MOMENTS[activation]
    σ2 = [STANDARD_DEVIATION[method](*shape) ** 2 for shape in pairwise(sizes)]
    second = np.asarray(squared_norms, dtype=float) / sizes[0]
    means, stds = [], []
    for layer, width in enumerate(sizes[:-2]):
        q = width * σ2[layer] * second  # of each image: images differ in size
        second, first = moments.second(q), moments.first(q)
        means.append(first.mean())
        stds.append(np.sqrt(second.mean() - first.mean() ** 2))
    return {"mean": np.array(means), "std": np.array(stds)}
