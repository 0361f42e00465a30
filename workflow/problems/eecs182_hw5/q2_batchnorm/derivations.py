"""EECS 182 HW 5, question 2: the formulas of the chapter, each held against a reference.

Letters as in the chapter: g = ∂L/∂y is the gradient that arrives, ḡ its mean over the batch,
P = I − 11ᵀ/n the projection that takes the mean away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
import torch
from torch import Tensor

from proofsheet.checks import derivation_check, equality_check
from proofsheet.learning.normalization import batch_norm, instance_norm, layer_norm

Rng = np.random.Generator
METHODS = {"batch": batch_norm, "layer": layer_norm, "instance": instance_norm}

# The formulas -----------------------------------------------------------------------------


def together(method: str, one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two elements (n, c, h, w) are normalized together."""
    return {
        "batch": one[1] == other[1],
        "layer": one[0] == other[0],
        "instance": one[:2] == other[:2],
    }[method]


def projection(n: int) -> np.ndarray:
    """P = I − 11ᵀ/n, (n, n)."""
    return np.eye(n) - np.ones((n, n)) / n


def pulled_back(g: Any, gamma: Any) -> Any:
    """∂L/∂x = γPg = γ(g − ḡ1) for g (n,) of numbers or symbols."""
    return gamma * (g - sum(g) / len(g))


def demeaned(x: Tensor, gamma: float, beta: float) -> Tensor:
    """The layer of the question: y = γ(x − μ) + β for a batch x (n,)."""
    return gamma * (x - x.mean()) + beta


# Random cases -----------------------------------------------------------------------------


def draw_batch(rng: Rng, smallest: int = 1) -> tuple[Tensor, float, float]:
    """A batch of up to 12 numbers away from mean 0, a scale and a shift."""
    x = rng.normal(rng.normal(), 1 + rng.exponential(), rng.integers(smallest, 13))
    return torch.tensor(x, requires_grad=True), rng.normal(), rng.normal()


def downstream(rng: Rng, n: int) -> Callable[[Tensor], Tensor]:
    """A loss that mixes all outputs and is not linear in them."""
    weights = torch.tensor(rng.standard_normal((n, n)))
    return lambda y: torch.tanh(weights @ y).square().sum() + torch.sin(y).sum()


# (a) The two slicings ---------------------------------------------------------------------


@derivation_check(
    claim="an output depends on: its channel in all images (batch norm), its whole image (layer"
    " norm), its channel in its image (instance norm)",
    method="autograd",
    trials=3,
    tolerance=0,
)
def what_is_normalized_together(rng: Rng, formula: Callable = together) -> int:
    wrong, shape = 0, tuple(int(size) for size in rng.integers(2, 4, 4))
    x = torch.tensor(rng.standard_normal(shape), requires_grad=True)
    for method, normalize in METHODS.items():
        place = tuple(int(rng.integers(size)) for size in shape)
        (gradient,) = torch.autograd.grad(normalize(x)[place], x)
        wrong += sum(
            formula(method, place, other) != bool(value != 0)
            for other, value in np.ndenumerate(gradient.numpy())
        )
    return wrong


# (b) The gradient of demeaning ------------------------------------------------------------


@derivation_check(
    claim="∂L/∂x_i = γ(∂L/∂y_i − (1/n) Σ_j ∂L/∂y_j), for n = 1, …, 6",
    method="symbolic",
    tolerance=0,
)
def gradient_symbolic(rng: Rng, formula: Callable = pulled_back) -> int:
    wrong, gamma, beta = 0, *sympy.symbols("gamma beta")
    for n in range(1, 7):
        x, g = sympy.symbols(f"x1:{n + 1}"), sympy.symbols(f"g1:{n + 1}")
        y = [gamma * (value - sum(x) / sympy.Integer(n)) + beta for value in x]
        expected = [sum(g[j] * y[j].diff(x[i]) for j in range(n)) for i in range(n)]
        found = formula(np.array(g), gamma)
        wrong += sum(sympy.simplify(a - b) != 0 for a, b in zip(found, expected, strict=True))
    return wrong


@equality_check("∂L/∂x = γ(g − ḡ1) whatever comes after the layer", method="autograd")
def gradient_autograd(rng: Rng, formula: Callable = pulled_back) -> tuple:
    x, gamma, beta = draw_batch(rng, smallest=2)
    y = demeaned(x, gamma, beta)
    y.retain_grad()
    downstream(rng, len(x))(y).backward()
    return formula(y.grad.numpy(), gamma), x.grad.numpy()


@equality_check("∂y/∂x = γP with P = I − 11ᵀ/n", method="autograd", trials=50)
def jacobian_is_a_projection(rng: Rng, formula: Callable = projection) -> tuple:
    x, gamma, beta = draw_batch(rng, smallest=2)
    jacobian = torch.autograd.functional.jacobian(lambda z: demeaned(z, gamma, beta), x)
    return gamma * formula(len(x)), jacobian.numpy()


@derivation_check(
    claim="n = 1: y₁ = β and ∂L/∂x₁ = 0, for any loss",
    method="autograd",
    trials=50,
    tolerance=0,
)
def batch_of_one(rng: Rng, formula: Callable = pulled_back) -> float:
    x, gamma, beta = draw_batch(rng)
    x = x[:1].detach().requires_grad_()
    y = demeaned(x, gamma, beta)
    y.retain_grad()
    downstream(rng, 1)(y).backward()
    found = formula(y.grad.numpy(), gamma)
    return max(abs(x.grad.item()), abs(found[0]), abs(y.item() - beta))


# n → ∞ ------------------------------------------------------------------------------------


@equality_check("∂L/∂x_i − γ ∂L/∂y_i = −(γ/n) ∂L/∂β", method="autograd", tolerance=1e-10)
def correction_is_the_shift(
    rng: Rng, formula: Callable = lambda n, gamma, of_beta: -gamma / n * of_beta
) -> tuple:
    x, gamma, beta = draw_batch(rng)
    shift = torch.tensor(beta, dtype=torch.float64, requires_grad=True)
    y = demeaned(x, gamma, shift)
    y.retain_grad()
    downstream(rng, len(x))(y).backward()
    difference = x.grad.numpy() - gamma * y.grad.numpy()
    expected = formula(len(x), gamma, shift.grad.item())
    return difference, np.full_like(difference, expected), 1


@equality_check(
    "L = Σ_j y_j: bounded g_j = 1, but ∂L/∂x_i = 0 for every n, not γ",
    method="autograd",
    trials=50,
    tolerance=1e-13,
)
def bounded_is_not_enough(rng: Rng, formula: Callable = lambda gamma: 0.0) -> tuple:
    x, gamma, beta = draw_batch(rng, smallest=2)
    demeaned(x, gamma, beta).sum().backward()
    return x.grad.numpy(), np.full(len(x), formula(gamma)), 1
