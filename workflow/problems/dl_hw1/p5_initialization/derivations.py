"""Deep Learning HW 1, problem 5: the formulas of the chapter, each with its check.

Letters as in the chapter: x are inputs of a layer and z = xW its pre-activations, q the variance
of z, n and m the numbers of inputs and outputs, σ² the variance of a weight, φ the activation, δ
the gradient of the loss at the pre-activations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import scipy.integrate
import sympy
import torch

from problems.dl_hw1.p5_initialization.initialization import STANDARD_DEVIATION
from problems.dl_hw1.p5_initialization.model import DeepNetworks, statistics
from problems.dl_hw1.p5_initialization.signal_propagation import (
    MOMENTS,
    predicted_statistics,
)
from proofsheet.checks import (
    derivation_check,
    equality_check,
    exact_check,
    exact_gradient_check,
    identity_check,
)
from proofsheet.exact import Draw, Number, derivative

# Random cases -----------------------------------------------------------------------------


def sign_matrices(sigma: Any, *shapes: tuple[int, int]) -> Iterator[list[np.ndarray]]:
    """All weights with entries ±σ: an exact distribution with mean 0 and variance σ²."""
    counts = [rows * columns for rows, columns in shapes]
    for signs in product((-sigma, sigma), repeat=sum(counts)):
        parts = np.split(np.array(signs), np.cumsum(counts)[:-1])
        yield [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


# Variances from layer to layer ------------------------------------------------------------


@exact_check("E z_j² = n σ² · mean(x²), for weights ±σ and so for any with this variance")
def forward_variance(draw, formula=lambda n, m, sigma, x: n * sigma**2 * np.mean(x**2)):
    (n, m), sigma = map(int, draw.rng.integers(1, (4, 3))), draw()
    x = draw(n)
    found = np.mean([(x @ w) ** 2 for (w,) in sign_matrices(sigma, (n, m))], axis=0)
    return np.repeat(formula(n, m, sigma, x), m), found


@exact_check("E (∂ℓ/∂x_i)² = m σ² · mean(δ²) for z = xW and δ = ∂ℓ/∂z")
def backward_variance(draw, formula=lambda n, m, sigma, delta: m * sigma**2 * np.mean(delta**2)):
    (n, m), sigma = map(int, draw.rng.integers(1, (3, 4))), draw()
    x, delta = draw(n), draw(m)
    first = np.eye(n, dtype=int)[0]
    found = [
        derivative(lambda x, w=w: x @ w @ delta, x, first) ** 2
        for (w,) in sign_matrices(sigma, (n, m))
    ]
    return formula(n, m, sigma, delta), np.mean(found)


@identity_check("Xavier's n σ² and m σ² have the mean 1, and both are 1 where n = m")
def xavier_compromise(rng, formula=lambda n, m: 2 / (n + m)):
    n, m = sympy.symbols("n m", positive=True)
    forward, backward = n * formula(n, m), m * formula(n, m)
    one = sympy.Integer(1)
    return [(forward + backward) / 2, forward.subs(m, n), backward.subs(m, n)], [one, one, one]


# Tanh -------------------------------------------------------------------------------------


@equality_check(
    "E[tanh²(√q Z)] on a grid is that of adaptive quadrature", trials=30, tolerance=1e-8
)
def tanh_moments(rng, formula=MOMENTS["tanh"].second):
    q = 10 ** rng.uniform(-6, 1)
    density = lambda z: math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    adaptive, _ = scipy.integrate.quad(
        lambda z: math.tanh(math.sqrt(q) * z) ** 2 * density(z),
        -12, 12, epsabs=0, epsrel=1e-11, limit=400,
    )  # fmt: skip
    return formula(q), adaptive


@identity_check("E[tanh²(√q Z)] = q − 2q² + O(q³)")
def tanh_contracts(rng, formula=lambda q: q - 2 * q**2):
    q, s, z = sympy.symbols("q s z", positive=True)
    series = sympy.series(sympy.tanh(s * z) ** 2, s, 0, 6).removeO()
    # E Zᵏ = (k − 1)!! for even k.
    mean = sum(
        series.coeff(s, k).subs(z, 1) * sympy.factorial2(k - 1) * q ** (k // 2) for k in (2, 4)
    )
    return mean, formula(q)


# ReLU -------------------------------------------------------------------------------------


@identity_check("z ~ N(0, q): E ReLU(z)² = q/2 and E ReLU(z) = √(q/2π)")
def relu_half(rng, formula=lambda q: (q / 2, sympy.sqrt(q / (2 * sympy.pi)))):
    q, z = sympy.symbols("q z", positive=True)
    density = sympy.exp(-(z**2) / (2 * q)) / sympy.sqrt(2 * sympy.pi * q)
    moments = [sympy.integrate(z**power * density, (z, 0, sympy.oo)) for power in (2, 1)]
    return moments, formula(q)


@exact_check(
    "at any width, E mean(h_2²) = (n_0 σ²/2)(n_1 σ²/2) · mean(x²) for two ReLU layers with weights"
    " ±σ; He's σ² makes each factor 1",
    ordered=True,
)
def relu_any_width(draw, formula=lambda n, sigma: n * sigma**2 / 2):
    # Every z meets −z, so that it does not matter which of the two is called positive.
    (inputs, width), sigma, n = draw.rng.integers(1, (4, 3)), draw(), draw()
    x = draw(inputs)
    # All weights of the first layer; of the second, all weights of one unit (units are alike).
    found = np.mean(
        [
            np.maximum(np.maximum(x @ first, 0) @ second, 0) ** 2
            for first, second in sign_matrices(sigma, (inputs, width), (width, 1))
        ]
    )
    expected = formula(inputs, sigma) * formula(width, sigma) * np.mean(x**2)
    return (expected, formula(n, STANDARD_DEVIATION["he"](n, 7))), (found, 1)


# All layers together ----------------------------------------------------------------------


@derivation_check(
    claim="the recursion of q gives mean and deviation of every layer: networks of width 800,"
    " mean of 5 seeds, error in units of the deviation",
    method="reference",
    trials=4,
    tolerance=0.03,
)
def wide_network_activations(rng, formula=predicted_statistics):
    sizes = (60, *[800] * 4, 10)
    method, activation = str(rng.choice(["xavier", "he"])), str(rng.choice(["tanh", "relu"]))
    seeds = [int(seed) for seed in rng.integers(0, 2**31, 5)]
    model = DeepNetworks(sizes, method, activation, seeds)
    x = rng.standard_normal((40, sizes[0])) * rng.uniform(0.3, 2, (40, 1))
    y = torch.from_numpy(rng.integers(0, sizes[-1], 40))
    found = statistics(model, torch.from_numpy(x).float(), y)
    predicted = formula(np.sum(x**2, axis=1), sizes, method, activation)
    return max(
        float(np.max(np.abs(found[name].mean(axis=0) - expected) / predicted["std"]))
        for name, expected in predicted.items()
    )


# The zero network -------------------------------------------------------------------------


def zero_gradients(
    b: np.ndarray, y: np.ndarray, shapes: list[tuple[int, ...]]
) -> tuple[np.ndarray, ...]:
    """Gradients by arrays of these shapes, all 0, and by the output bias b, (classes,)."""
    p = np.exp(b) / np.exp(b).sum()
    frequencies = np.array([Fraction(int((y == k).sum()), len(y)) for k in range(len(b))])
    return *(np.zeros(shape, dtype=int) for shape in shapes), p - frequencies


@exact_gradient_check(
    "zero network with output bias b: ∂ℓ/∂b = softmax(b) − class frequencies, and every other"
    " gradient is exactly 0"
)
def zero_network(draw, formula=zero_gradients):
    shapes = [(2, 2), (2, 2), (2, 3), (2,), (2,)]
    x, y, b, slope = draw(4, 2), draw.rng.integers(0, 3, 4), draw.logits(3), draw()

    def loss(*parameters: np.ndarray) -> Number:
        h = x
        for weight, bias in zip(parameters[:2], parameters[3:5], strict=True):
            h = slope * (h @ weight + bias)  # at 0, any φ with φ(0) = 0 and this slope
        z = h @ parameters[2] + parameters[5]
        return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(4), y]).mean()

    return formula(b, y, shapes), loss, (*(np.zeros(shape, dtype=int) for shape in shapes), b)


@identity_check(
    "the loss of a bias alone has the curvature Σ_{i<j} p_i p_j (v_i − v_j)² along v, and is"
    " least at b = log f, where it is the entropy of the class frequencies f (three classes)",
    simplify=lambda difference: sympy.simplify(sympy.expand_log(difference, force=True)),
)
def bias_alone(rng, formula=lambda f: -sum(p * sympy.log(p) for p in f)):
    b, v, f = (sympy.symbols(f"{name}1:4", real=True) for name in "bvf")
    total = sum(map(sympy.exp, b))
    p = [sympy.exp(entry) / total for entry in b]
    loss = sympy.log(total) - sum(share * entry for share, entry in zip(f, b, strict=True))
    slope = sum(sympy.diff(loss, entry) * along for entry, along in zip(b, v, strict=True))
    curvature = sum(sympy.diff(slope, entry) * along for entry, along in zip(b, v, strict=True))
    squares = sum(p[i] * p[j] * (v[i] - v[j]) ** 2 for i, j in combinations(range(3), 2))
    # f = softmax(b) is any distribution, and b then log f up to a constant.
    here = dict(zip(f, p, strict=True))
    return [formula(p), slope.subs(here), curvature], [loss.subs(here), sympy.Integer(0), squares]


def averaged_over_units(gradient: np.ndarray, axis: int) -> np.ndarray:
    """The same gradient for every unit: (fan_in, fan_out), equal along the units' axis."""
    return np.broadcast_to(gradient.mean(axis=axis, keepdims=True), gradient.shape)


def gradients_of_equal_units(draw: Draw, to_logits: np.ndarray) -> list[np.ndarray]:
    """Of the weights of a network whose units are alike in every hidden layer.

    Weights have one value for each input, one between all units, and one for each class. The
    loss, like cross-entropy, depends only on the differences between logits.
    """
    x, curvature, a, b = draw(3, 2), draw(), *draw(2, len(to_logits))
    units = np.ones((2, 2), dtype=int)
    weights = draw(2, 1) * units, draw() * units, to_logits * np.ones((2, 1), dtype=int)

    def loss(*weights: np.ndarray) -> Number:
        h = x
        for weight in weights[:-1]:
            z = h @ weight
            h = z + curvature * z**2
        z = h @ weights[-1]
        z = z - z.mean(axis=1, keepdims=True)
        return (a * z + b * z**2).sum()

    gradients = [np.empty_like(weight) for weight in weights]
    for k, gradient in enumerate(gradients):
        for place in np.ndindex(gradient.shape):
            along = [np.zeros(weight.shape, dtype=int) for weight in weights]
            along[k][place] = 1
            gradient[place] = derivative(loss, weights, tuple(along))
    return gradients


@exact_check(
    "hidden units with equal weights, incoming and outgoing, have equal gradients at both; none"
    " is 0 if the weights to the logits differ from class to class"
)
def equal_weights(draw, formula: Callable[[np.ndarray, int], Any] = averaged_over_units):
    gradients = gradients_of_equal_units(draw, draw(3))
    cases = [(gradient, -1) for gradient in gradients[:-1]]  # where units are outputs
    cases += [(gradient, -2) for gradient in gradients[1:]]  # where they are inputs
    averages = [formula(*case) for case in cases]
    nonzero = [int((gradient != 0).any()) for gradient in gradients]
    return [*averages, nonzero], [*(gradient for gradient, _ in cases), [1, 1, 1]]
