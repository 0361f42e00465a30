"""How large activations are in a deep network before it is trained.

A weight matrix W with independent entries of mean 0 and variance σ² maps x to z = xW, where
each z_j has mean 0 and variance σ²|x|² = fan_in σ² mean(x²). In the limit of wide layers the z_j
are independent and normal, so that one number per image and layer, the variance q of z, says
everything (Poole et al. 2016):

    q_1 = σ_1² |x|²,      q_{l+1} = n σ_{l+1}² E[φ(√q_l Z)²],      Z standard normal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from problems.dl_hw1.p5_initialization.initialization import STANDARD_DEVIATION

# Expectations over a standard normal variable. On the whole line the trapezoidal rule converges
# exponentially for analytic functions; Gauss–Hermite quadrature, whose nodes move apart where
# √q is large and tanh steep, is no match for it here.
_NODES = np.linspace(-9, 9, 513)
_WEIGHTS = np.exp(-(_NODES**2) / 2)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def normal_mean(f: Callable[[np.ndarray], np.ndarray], q: np.ndarray | float) -> np.ndarray:
    """E f(√q Z) for an analytic f; `q` of any shape, elementwise."""
    return f(np.sqrt(np.asarray(q))[..., None] * _NODES) @ _WEIGHTS


@dataclass(frozen=True)
class Moments:
    """Of an activation φ at z ~ N(0, q): E φ(z) and E φ(z)², elementwise in q."""

    first: Callable[[np.ndarray], np.ndarray]
    second: Callable[[np.ndarray], np.ndarray]


MOMENTS = {
    "tanh": Moments(
        first=lambda q: np.zeros_like(np.asarray(q, dtype=float)),
        second=lambda q: normal_mean(lambda z: np.tanh(z) ** 2, q),
    ),
    # The integrand has a kink, and the integral a closed form.
    "relu": Moments(
        first=lambda q: np.sqrt(np.asarray(q) / (2 * np.pi)),
        second=lambda q: np.asarray(q) / 2,
    ),
}


@dataclass(frozen=True)
class Prediction:
    """Statistics of a wide network, one entry per hidden layer.

    Attributes:
        mean, std: of the activations, over units and images, (L,).
    """

    mean: np.ndarray
    std: np.ndarray


def predicted_statistics(
    squared_norms: np.ndarray, sizes: Sequence[int], method: str, activation: str
) -> Prediction:
    """What mean and deviation to expect in each hidden layer, for these images.

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
    return Prediction(np.array(means), np.array(stds))
