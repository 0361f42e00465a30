"""EECS 182 HW 5, question 2: the formulas of the chapter, each held against a reference.

Letters as in the chapter: g = ∂L/∂y is the gradient that arrives, ḡ its mean over the batch,
P = I − 11ᵀ/n the projection that takes the mean away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from proofsheet.checks import exact_check, exact_gradient_check, exhaustive_check
from proofsheet.exact import Draw, derivative
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
    return (n * np.eye(n) - 1) / n


def pulled_back(g: Any, gamma: Any) -> Any:
    """∂L/∂x = γPg = γ(g − ḡ1) for g (n,)."""
    return gamma * (g - sum(g) / len(g))


def demeaned(x: Any, gamma: Any, beta: Any) -> Any:
    """The layer of the question: y = γ(x − μ) + β for a batch x (n,)."""
    return gamma * (x - x.mean()) + beta


# Cases ------------------------------------------------------------------------------------


def draw_batch(draw: Draw, n: int = 0) -> tuple[np.ndarray, Any, Any]:
    """A batch of n numbers (0: of two to eight), a scale and a shift."""
    return draw(n or int(draw.rng.integers(2, 9))), draw(), draw()


def draw_loss(draw: Draw, n: int) -> tuple[Callable, Callable]:
    """A loss that mixes all n outputs, Σ_i (Wy)_i³, and its gradient g."""
    W = draw(n, n)
    return lambda y: ((W @ y) ** 3).sum(), lambda y: 3 * W.T @ (W @ y) ** 2


# (a) The two slicings ---------------------------------------------------------------------


@exhaustive_check(
    "an output depends on its channel in all images (batch norm), on its whole image (layer"
    " norm), on its channel in its image (instance norm)"
)
def what_is_normalized_together(rng: Rng, formula: Callable = together) -> tuple:
    found, expected, shape = [], [], (2, 3, 2, 2)
    for method, normalize in METHODS.items():
        for place in np.ndindex(shape):
            # NaN goes through everything that is computed from it, and through nothing else.
            x = torch.arange(24, dtype=torch.float64).view(shape)
            x[place] = torch.nan
            found.append([formula(method, place, other) for other in np.ndindex(shape)])
            expected.append(normalize(x).isnan().flatten().tolist())
    return found, expected


# (b) The gradient of demeaning ------------------------------------------------------------


@exact_gradient_check("∂L/∂x_i = γ(∂L/∂y_i − (1/n) Σ_j ∂L/∂y_j)")
def gradient_of_demeaning(draw: Draw, formula: Callable = pulled_back) -> tuple:
    x, gamma, beta = draw_batch(draw)
    loss, g = draw_loss(draw, len(x))
    found = formula(g(demeaned(x, gamma, beta)), gamma)
    return found, lambda x: loss(demeaned(x, gamma, beta)), x


@exact_check("∂y/∂x = γP with P = I − 11ᵀ/n")
def jacobian_is_a_projection(draw: Draw, formula: Callable = projection) -> tuple:
    x, gamma, beta = draw_batch(draw)
    columns = [derivative(lambda x: demeaned(x, gamma, beta), x, unit) for unit in np.eye(len(x))]
    return gamma * formula(len(x)), np.stack(columns, axis=1)


@exact_check("n = 1: y₁ = β and ∂L/∂x₁ = 0, for any loss")
def batch_of_one(draw: Draw, formula: Callable = pulled_back) -> tuple:
    x, gamma, beta = draw_batch(draw, 1)
    return (formula(draw(1), gamma), demeaned(x, gamma, beta)), (np.zeros(1), np.array([beta]))


# n → ∞ ------------------------------------------------------------------------------------


@exact_gradient_check("∂L/∂x_i − γ ∂L/∂y_i = −(γ/n) ∂L/∂β")
def correction_is_the_shift(
    draw: Draw, formula: Callable = lambda n, gamma, of_beta: -gamma / n * of_beta
) -> tuple:
    x, gamma, beta = draw_batch(draw)
    loss, g = draw_loss(draw, len(x))
    of_beta = derivative(lambda beta: loss(demeaned(x, gamma, beta)), beta, 1)
    found = gamma * g(demeaned(x, gamma, beta)) + formula(len(x), gamma, of_beta)
    return found, lambda x: loss(demeaned(x, gamma, beta)), x


@exact_gradient_check("L = Σ_j y_j: bounded g_j = 1, but ∂L/∂x_i = 0 for every n, not γ")
def bounded_is_not_enough(draw: Draw, formula: Callable = lambda gamma: 0.0) -> tuple:
    x, gamma, beta = draw_batch(draw)
    return np.full(len(x), formula(gamma)), lambda x: demeaned(x, gamma, beta).sum(), x
