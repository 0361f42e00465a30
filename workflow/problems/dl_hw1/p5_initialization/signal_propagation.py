"""How large activations and gradients are in a deep network before it is trained.

A weight matrix W with independent entries of mean 0 and variance σ² maps x to z = xW, where
each z_j has mean 0 and variance σ²|x|² = fan_in σ² mean(x²). In the limit of wide layers the z_j
are independent and normal, so that one number per image and layer, the variance q of z, says
everything (Poole et al. 2016):

    q_1 = σ_1² |x|²,      q_{l+1} = n σ_{l+1}² E[φ(√q_l Z)²],      Z standard normal.

Gradients travel back by the factor n σ² E[φ'(√q_l Z)²] per layer (Schoenholz et al. 2017).
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
    """Of an activation φ at z ~ N(0, q): E φ(z), E φ(z)² and E φ'(z)², elementwise in q."""

    first: Callable[[np.ndarray], np.ndarray]
    second: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


MOMENTS = {
    "tanh": Moments(
        first=lambda q: np.zeros_like(np.asarray(q, dtype=float)),
        second=lambda q: normal_mean(lambda z: np.tanh(z) ** 2, q),
        slope=lambda q: normal_mean(lambda z: np.cosh(z) ** -4.0, q),
    ),
    # The integrand has a kink, and the integral a closed form.
    "relu": Moments(
        first=lambda q: np.sqrt(np.asarray(q) / (2 * np.pi)),
        second=lambda q: np.asarray(q) / 2,
        slope=lambda q: np.where(np.asarray(q) > 0, 0.5, 0.0),
    ),
}


@dataclass(frozen=True)
class Prediction:
    """Statistics of a wide network, one entry per hidden layer.

    Attributes:
        mean, std: of the activations, over units and images, (L,).
        gradient: root mean square of the loss's gradient at the layer's pre-activations, over
            that of the last hidden layer, (L,); 0 where no gradient arrives.
    """

    mean: np.ndarray
    std: np.ndarray
    gradient: np.ndarray


def predicted_statistics(
    squared_norms: np.ndarray, sizes: Sequence[int], method: str, activation: str
) -> Prediction:
    """What mean, deviation and gradients to expect in each hidden layer, for these images.

    Args:
        squared_norms: |x|² of each image, (n,).
        sizes: widths `(inputs, h_1, …, h_L, classes)`.
        method: of the initialization, see `problems.dl_hw1.p5_initialization.initialization`.
        activation: `tanh` or `relu`.
    """
    moments = MOMENTS[activation]
    σ2 = [STANDARD_DEVIATION[method](*shape) ** 2 for shape in pairwise(sizes)]
    second = np.asarray(squared_norms, dtype=float) / sizes[0]
    means, stds, factors = [], [], []
    for layer, width in enumerate(sizes[:-2]):
        q = width * σ2[layer] * second  # of each image: images differ in size
        second, first = moments.second(q), moments.first(q)
        means.append(first.mean())
        stds.append(np.sqrt(second.mean() - first.mean() ** 2))
        # From the pre-activations above to those of this layer.
        factors.append(sizes[layer + 2] * σ2[layer + 1] * moments.slope(q).mean())
    # The last factor leads from the logits, whose gradient is not of the theory.
    products = np.cumprod([1.0, *factors[:-1][::-1]])[::-1]
    gradient = np.sqrt(products) if σ2[-1] > 0 else np.zeros(len(factors))
    return Prediction(np.array(means), np.array(stds), gradient)


def fixed_point(gain: float, activation: str = "tanh", iterations: int = 2000) -> float:
    """Where q → gain · E[φ(√q Z)²] comes to rest, from q = 1 (gain = n σ²)."""
    q = 1.0
    for _ in range(iterations):
        q = gain * float(MOMENTS[activation].second(np.array(q)))
    return q
