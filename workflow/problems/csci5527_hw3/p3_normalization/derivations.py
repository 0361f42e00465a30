"""CSCI 5527 HW 3, problem 3: slices, their normalization, its Jacobian, and what ε is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from proofsheet.checks import derivation_check, equality_check, exact_check, exhaustive_check
from proofsheet.exact import Draw, derivative
from proofsheet.learning.normalization import (
    batch_norm,
    instance_norm,
    layer_norm,
    relative_difference,
    standardize,
)

Rng = np.random.Generator
Index = tuple[Any, ...]

SHAPE = (50, 50, 64, 64)
"""Height, width, channels and images of the tensor of the text."""

METHODS = {"batch": batch_norm, "layer": layer_norm, "instance": instance_norm}
TINY_EPS = 1e-300
"""In place of ε = 0, which PyTorch's batch norm refuses while training."""


def feature_map(rng: Rng) -> Tensor:
    """A random float64 tensor (N, C, H, W) of random sizes."""
    shape = rng.integers([2, 1, 2, 2], [5, 7, 6, 6]).tolist()
    x = rng.uniform(-5, 5) + rng.uniform(0.1, 5) * rng.standard_normal(shape)
    return torch.from_numpy(x)


def ours(method: str, x: Tensor, eps: float) -> Tensor:
    """Batch, layer or instance norm, by name."""
    return METHODS[method](x, eps)


def pytorch(method: str, x: Tensor, eps: float) -> Tensor:
    """The same by PyTorch's module in training mode, with γ = 1 and β = 0, as it is when created.

    With ε = 0 batch norm gets `TINY_EPS`.
    """
    _, c, h, w = x.shape
    module = {
        "batch": lambda: torch.nn.BatchNorm2d(c, eps=eps or TINY_EPS),
        "layer": lambda: torch.nn.LayerNorm((c, h, w), eps=eps),
        "instance": lambda: torch.nn.InstanceNorm2d(c, eps=eps),
    }[method]()
    with torch.no_grad():
        return module.to(x.dtype)(x)


def slices(method: str, shape: tuple[int, ...]) -> Iterator[Index]:
    """The index of every slice of a feature map, one by one."""
    n, c, _, _ = shape
    if method == "batch":
        yield from ((slice(None), channel) for channel in range(c))
    elif method == "layer":
        yield from ((image,) for image in range(n))
    else:
        yield from np.ndindex(n, c)


def by_loops(method: str, x: Tensor, eps: float) -> Tensor:
    """Every slice on its own: minus its mean, over the root of its biased variance plus ε."""
    out = torch.empty_like(x)
    for index in slices(method, tuple(x.shape)):
        part = x[index]
        variance = ((part - part.mean()) ** 2).mean()
        out[index] = (part - part.mean()) / torch.sqrt(variance + eps)
    return out


# --- slices


@equality_check("Each method is (x − μ)/√(σ² + ε) slice by slice", trials=25)
def slice_by_slice(rng: Rng, formula: Any = ours) -> tuple:
    x = feature_map(rng)
    eps = float(rng.choice([0.0, 1e-5, 0.1]))
    return [formula(m, x, eps) for m in METHODS], [by_loops(m, x, eps) for m in METHODS]


@derivation_check(
    claim="Batch, layer and instance norm agree with PyTorch's modules",
    method="reference", trials=25, tolerance=1e-13,
)  # fmt: skip
def agrees_with_pytorch(rng: Rng, formula: Any = ours) -> float:
    x = feature_map(rng)
    eps = float(rng.choice([0.0, 1e-5]))
    return max(relative_difference(formula(m, x, eps), pytorch(m, x, eps)) for m in METHODS)


@exhaustive_check("σ² + 10⁻³⁰⁰ is σ² in float64 for every σ² above 10⁻²⁸³")
def tiny_eps_is_none(rng: Rng, formula: Any = TINY_EPS) -> tuple:
    # Between two powers of two numbers are equally far apart, so the lower end speaks for all.
    variance = np.append(1e-283, 2.0 ** np.arange(-940, 1024))
    return variance + formula, variance


# --- one slice of m numbers


def normalized(x: np.ndarray, eps: Any) -> np.ndarray:
    """(x − μ)/√(σ² + ε) of one slice (m,)."""
    return (x - x.mean()) / np.sqrt(variance_of(x) + eps)


def variance_of(x: np.ndarray) -> Any:
    """The biased variance σ² of a slice (m,)."""
    return np.mean((x - x.mean()) ** 2)


@exact_check("A normalized slice has mean 0 and variance σ²/(σ² + ε), for m = 5")
def moments(draw: Draw, formula: Any = lambda variance, eps: variance / (variance + eps)) -> tuple:
    x, eps = draw(5), draw()
    out = normalized(x, eps)
    return [0, formula(variance_of(x), eps)], [out.mean(), variance_of(out)]


def jacobian(x: np.ndarray, eps: Any) -> np.ndarray:
    """∂x̂/∂x = (I − 11ᵀ/m − x̂x̂ᵀ/m)/√(σ² + ε), for a slice (m,)."""
    m, out = len(x), normalized(x, eps)
    inner = m * np.eye(m, dtype=int) - 1 - np.outer(out, out)
    return inner / (m * np.sqrt(variance_of(x) + eps))


@exact_check("∂x̂/∂x = (I − 11ᵀ/m − x̂x̂ᵀ/m)/√(σ² + ε), for m = 5, with ε > 0 and with ε = 0")
def slice_jacobian(draw: Draw, formula: Any = jacobian) -> tuple:
    x, along, found, expected = draw(5), draw(5), [], []
    for eps in (0, draw()):
        found.append(formula(x, eps) @ along)
        expected.append(derivative(lambda x, eps=eps: normalized(x, eps), x, along))
    return found, expected


@exact_check(
    "∂x̂/∂x is symmetric, takes 1 to 0, x̂ to ε (σ² + ε)^(−3/2) x̂, and what is orthogonal to both to"
    " 1/√(σ² + ε) times itself, which is its norm for m ≥ 3; its square is 1/ε less a positive"
    " σ²/(ε(σ² + ε)); for m = 5"
)
def jacobian_norm(
    draw: Draw, formula: Any = lambda variance, eps: 1 / np.sqrt(variance + eps)
) -> tuple:
    x, eps, other = draw(5), draw(), draw(5)
    variance, out, matrix = variance_of(x), normalized(x, eps), jacobian(x, eps)
    norm = formula(variance, eps)
    other = other - other.mean()
    other = other - out * (out @ other) / (out @ out)
    found = [matrix, norm * other, norm * eps / (variance + eps) * out, matrix.sum(axis=1)]
    expected = [matrix.T, matrix @ other, matrix @ out, 0 * x]
    return [*found, norm**2], [*expected, 1 / eps - variance / (eps * (variance + eps))]


# --- ε


@equality_check("A constant slice becomes 0 for ε > 0, and NaN for ε = 0", trials=50, tolerance=0)
def constant_slice(rng: Rng, formula: Any = standardize) -> tuple:
    x = torch.full((int(rng.integers(1, 9)), 7), float(rng.uniform(-10, 10)))
    lost = torch.isnan(formula(x, (0, 1), 0.0))
    return (formula(x, (0, 1), 1e-5), lost.float()), (torch.zeros_like(x), torch.ones_like(x))


@exact_check("Two values v ± δ become ± δ/√(δ² + ε), with ε > 0 and with ε = 0, where that is ±1")
def rounding_is_blown_up(
    draw: Draw, formula: Any = lambda delta, eps: delta / np.sqrt(delta**2 + eps)
) -> tuple:
    v, delta = draw(), draw()
    found, expected = [], []
    for eps in (0, draw()):
        said = formula(delta, eps)
        found.append(np.array([said, -said]))
        expected.append(normalized(np.array([v + delta, v - delta]), eps))
    return [*found, formula(delta, 0) ** 2], [*expected, 1]
