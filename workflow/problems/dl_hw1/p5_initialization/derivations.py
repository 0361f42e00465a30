"""Deep Learning HW 1, problem 5: the formulas of the chapter, each held against a reference.

Letters as in the chapter: x are inputs of a layer and z = xW its pre-activations, q the variance
of z, n and m the numbers of inputs and outputs, σ² the variance of a weight, φ the activation, δ
the gradient of the loss at the pre-activations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import scipy.integrate
import sympy
import torch
from torch.nn import functional

from problems.dl_hw1.p5_initialization.initialization import STANDARD_DEVIATION
from problems.dl_hw1.p5_initialization.model import DeepNetworks, losses, statistics
from problems.dl_hw1.p5_initialization.signal_propagation import (
    MOMENTS,
    Prediction,
    predicted_statistics,
)
from proofsheet.checks import (
    bound_check,
    derivation_check,
    equality_check,
    identity_check,
    relative_error,
)

# Random cases -----------------------------------------------------------------------------


def sign_matrices(sigma: float, *shapes: tuple[int, int]) -> Iterator[list[np.ndarray]]:
    """All weights with entries ±σ: an exact distribution with mean 0 and variance σ²."""
    counts = [rows * columns for rows, columns in shapes]
    for signs in product((-sigma, sigma), repeat=sum(counts)):
        parts = np.split(np.array(signs), np.cumsum(counts)[:-1])
        yield [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def networks(
    rng: np.random.Generator, method: str, activation: str, sizes: tuple[int, ...], seeds: int = 1
) -> DeepNetworks:
    """Networks from random seeds."""
    drawn = [int(seed) for seed in rng.integers(0, 2**31, seeds)]
    return DeepNetworks(sizes, method, activation, drawn)


# Variances from layer to layer ------------------------------------------------------------


@equality_check(
    "E z_j² = n σ² · mean(x²), whatever the distribution of the weights",
    method="exhaustive",
    trials=20,
)
def forward_variance(rng, formula=lambda n, m, sigma, x: n * sigma**2 * np.mean(x**2)):
    n, m, sigma = int(rng.integers(1, 5)), int(rng.integers(1, 3)), rng.uniform(0.1, 2)
    x = rng.standard_normal(n)
    found = np.mean([(x @ w) ** 2 for (w,) in sign_matrices(sigma, (n, m))])
    return formula(n, m, sigma, x), found


@equality_check(
    "E (∂ℓ/∂x_i)² = m σ² · mean(δ²) for z = xW and δ = ∂ℓ/∂z", method="autograd", trials=20
)
def backward_variance(rng, formula=lambda n, m, sigma, delta: m * sigma**2 * np.mean(delta**2)):
    n, m, sigma = int(rng.integers(1, 3)), int(rng.integers(1, 5)), rng.uniform(0.1, 2)
    delta = rng.standard_normal(m)
    found = []
    for (w,) in sign_matrices(sigma, (n, m)):
        x = torch.from_numpy(rng.standard_normal(n)).requires_grad_()
        (x @ torch.from_numpy(w) @ torch.from_numpy(delta)).backward()
        found.append(x.grad.numpy() ** 2)
    return formula(n, m, sigma, delta), np.mean(found)


@derivation_check(
    claim="Xavier's n σ² and m σ² have the mean 1, and both are 1 where n = m",
    method="symbolic",
    tolerance=0,
)
def xavier_compromise(rng, formula=lambda n, m: 2 / (n + m)):
    n, m = sympy.symbols("n m", positive=True)
    variance = formula(n, m)
    claims = (
        (n * variance + m * variance) / 2 - 1,
        (n * variance).subs(m, n) - 1,
        (m * variance).subs(m, n) - 1,
    )
    return sum(sympy.simplify(claim) != 0 for claim in claims)


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


@derivation_check(
    claim="at any width, E mean(h_2²) = (n_0 σ²/2)(n_1 σ²/2) · mean(x²) for two ReLU layers with"
    " symmetric weights; He's σ² makes each factor 1",
    method="exhaustive",
    trials=5,
    tolerance=1e-12,
)
def relu_any_width(rng, formula=lambda n, sigma: n * sigma**2 / 2):
    sizes, sigma = tuple(int(k) for k in rng.integers(1, 4, 3)), rng.uniform(0.2, 2)
    x = rng.standard_normal(sizes[0])
    # All weights of the first layer; of the second, all weights of one unit (units are alike).
    shapes = (sizes[0], sizes[1]), (sizes[1], 1)
    found = np.mean(
        [
            np.maximum(np.maximum(x @ first, 0) @ second, 0) ** 2
            for first, second in sign_matrices(sigma, *shapes)
        ]
    )
    expected = formula(sizes[0], sigma) * formula(sizes[1], sigma) * np.mean(x**2)
    he = max(abs(formula(n, STANDARD_DEVIATION["he"](n, 7)) - 1) for n in sizes)
    return max(abs(expected - found) / max(abs(found), 1e-12), he)


# All layers together ----------------------------------------------------------------------


@derivation_check(
    claim="the recursion of q gives mean and deviation of every layer: networks of width 800,"
    " mean of 5 seeds, error in units of the deviation",
    method="reference",
    trials=4,
    tolerance=0.03,
)
def wide_network_activations(rng, formula: Callable[..., Prediction] = predicted_statistics):
    sizes = (60, *[800] * 4, 10)
    method, activation = str(rng.choice(["xavier", "he"])), str(rng.choice(["tanh", "relu"]))
    model = networks(rng, method, activation, sizes, seeds=5)
    x = rng.standard_normal((40, sizes[0])) * rng.uniform(0.3, 2, (40, 1))
    y = torch.from_numpy(rng.integers(0, sizes[-1], 40))
    found = statistics(model, torch.from_numpy(x).float(), y)
    predicted = formula(np.sum(x**2, axis=1), sizes, method, activation)
    return max(
        float(np.max(np.abs(found[name].mean(axis=0) - getattr(predicted, name)) / predicted.std))
        for name in ("mean", "std")
    )


# The zero network -------------------------------------------------------------------------


def zero_gradients(model: DeepNetworks, y: np.ndarray) -> list[np.ndarray]:
    """Gradients of the mean cross-entropy of a network whose only nonzero entries are b."""
    classes = model.biases[-1].shape[-1]
    p = functional.softmax(model.biases[-1].detach(), dim=-1).numpy()
    parts = [np.zeros(parameter.shape) for parameter in model.parameters()]
    return [*parts[:-1], p - np.bincount(y, minlength=classes) / len(y)]


@derivation_check(
    claim="zero network with output bias b: ∂ℓ/∂b = softmax(b) − class frequencies, and every"
    " other gradient is exactly 0",
    method="autograd",
    trials=20,
    tolerance=1e-5,
)
def zero_network(rng, formula=zero_gradients):
    model = networks(rng, "zero", str(rng.choice(["tanh", "relu"])), (5, 4, 4, 3))
    with torch.no_grad():
        model.biases[-1] += torch.from_numpy(rng.standard_normal(3)).float()
    x, y = rng.standard_normal((11, 5)), rng.integers(0, 3, 11)
    losses(model(torch.from_numpy(x).float()), torch.from_numpy(y)[None]).sum().backward()
    found = [parameter.grad.numpy() for parameter in model.parameters()]
    wanted = formula(model, y)
    # Zero means zero: not even a rounding error is allowed there.
    exact = all(np.array_equal(f, w) for f, w in zip(found[:-1], wanted[:-1], strict=True))
    return relative_error(found[-1], wanted[-1]) if exact else math.inf


@bound_check(
    "the loss of a bias alone is at least the entropy of the class frequencies f, attained"
    " by b = log f",
    trials=50,
)
def bias_alone(rng, formula=lambda f: -float(np.sum(f * np.log(f)))):
    f = rng.dirichlet(np.ones(10))
    loss = lambda b: float(np.log(np.sum(np.exp(b))) - f @ b)  # noqa: E731
    # An arbitrary bias may not lie below the value, and log f must lie on it.
    return formula(f), loss(rng.standard_normal(10)), loss(np.log(f)), formula(f)


def averaged_over_units(gradient: np.ndarray, axis: int) -> np.ndarray:
    """The same gradient for every unit: (K, fan_in, fan_out), equal along the units' axis."""
    return np.broadcast_to(gradient.mean(axis=axis, keepdims=True), gradient.shape)


def gradients_of_equal_units(rng: np.random.Generator, to_logits: np.ndarray) -> list[np.ndarray]:
    """Of the weights of a network whose units are alike in every hidden layer.

    Weights have one value for each input, one between all units, and one for each class.
    """
    activation = str(rng.choice(["tanh", "relu"]))
    model = networks(rng, "zero", activation, (5, 4, 4, len(to_logits)))
    with torch.no_grad():
        model.weights[0] += torch.from_numpy(rng.uniform(0.1, 0.5, (5, 1))).float()
        model.weights[1] += rng.uniform(0.1, 0.5)
        model.weights[2] += torch.from_numpy(to_logits).float()
    x, y = rng.uniform(0.1, 1, (11, 5)), rng.integers(0, len(to_logits), 11)
    losses(model(torch.from_numpy(x).float()), torch.from_numpy(y)[None]).sum().backward()
    return [weight.grad.numpy() for weight in model.weights]


NOTHING = 1e-6
"""Gradients of float32 that are rounding alone are smaller."""


@derivation_check(
    claim="hidden units with equal weights, incoming and outgoing, have equal gradients at both;"
    " none is 0 if the weights to the logits differ from class to class",
    method="autograd",
    trials=20,
    tolerance=1e-5,
)
def equal_weights(rng, formula: Callable[[np.ndarray, int], Any] = averaged_over_units):
    gradients = gradients_of_equal_units(rng, rng.standard_normal(3))
    if min(np.abs(gradient).max() for gradient in gradients) < NOTHING:
        return math.inf
    cases = [(gradient, -1) for gradient in gradients[:-1]]  # where units are outputs
    cases += [(gradient, -2) for gradient in gradients[1:]]  # where they are inputs
    return max(relative_error(formula(gradient, axis), gradient) for gradient, axis in cases)
