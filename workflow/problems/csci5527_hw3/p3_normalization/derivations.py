"""CSCI 5527 HW 3, problem 3: slices, their normalization, its Jacobian, and what ε is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from proofsheet.checks import derivation_check, equality_check, relative_error
from proofsheet.learning.normalization import (
    AXES,
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
    """One of the methods of `proofsheet.learning.normalization` by name."""
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


@derivation_check(
    claim="Each method is (x − μ)/√(σ² + ε) slice by slice",
    method="reference", trials=25, tolerance=1e-12,
)  # fmt: skip
def slice_by_slice(rng: Rng, formula: Any = ours) -> float:
    x = feature_map(rng)
    eps = float(rng.choice([0.0, 1e-5, 0.1]))
    return max(relative_error(formula(m, x, eps), by_loops(m, x, eps)) for m in METHODS)


@derivation_check(
    claim="Batch, layer and instance norm agree with PyTorch's modules",
    method="reference", trials=25, tolerance=1e-13,
)  # fmt: skip
def agrees_with_pytorch(rng: Rng, formula: Any = ours) -> float:
    x = feature_map(rng)
    eps = float(rng.choice([0.0, 1e-5]))
    return max(relative_difference(formula(m, x, eps), pytorch(m, x, eps)) for m in METHODS)


@equality_check("A normalized slice has mean 0 and variance σ²/(σ² + ε)", trials=50)
def moments(rng: Rng, formula: Any = lambda variance, eps: variance / (variance + eps)) -> tuple:
    x = feature_map(rng)
    eps = float(rng.choice([0.0, 1e-5, 0.1, 10.0]))
    out, axes = standardize(x, AXES["instance"], eps), AXES["instance"]
    variance = x.var(axes, correction=0)
    found = torch.cat([out.mean(axes), out.var(axes, correction=0)])
    expected = torch.cat([torch.zeros_like(variance), formula(variance, eps)])
    return found, expected


@derivation_check(
    claim="σ² + 10⁻³⁰⁰ is σ² in float64 for every σ² above 10⁻²⁸³",
    method="exhaustive", tolerance=0,
)  # fmt: skip
def tiny_eps_is_none(rng: Rng, formula: Any = TINY_EPS) -> float:
    # Between two powers of two numbers are equally far apart, so the lower end speaks for all.
    variance = np.append(1e-283, 2.0 ** np.arange(-940, 1024))
    return float(np.max(np.abs((variance + formula) - variance) / variance))


# --- ε


def one_slice(rng: Rng) -> tuple[Tensor, float]:
    """A random slice (1, m), 3 ≤ m ≤ 12, of a random scale, and an ε > 0."""
    scale = 10.0 ** rng.uniform(-3, 1)
    x = scale * rng.standard_normal((1, int(rng.integers(3, 13))))
    return torch.from_numpy(x), float(10.0 ** rng.uniform(-6, 0))


def jacobian(x: Tensor, eps: float) -> Tensor:
    """∂x̂/∂x = (I − 11ᵀ/m − x̂x̂ᵀ/m)/s with s² = σ² + ε, for a slice (1, m)."""
    m = x.numel()
    centered = (x - x.mean()).flatten()
    s = torch.sqrt((centered**2).mean() + eps)
    out = centered / s
    eye, ones = torch.eye(m, dtype=x.dtype), torch.ones((m, m), dtype=x.dtype)
    return (eye - ones / m - torch.outer(out, out) / m) / s


@equality_check("∂x̂/∂x = (I − 11ᵀ/m − x̂x̂ᵀ/m)/√(σ² + ε)", method="autograd", tolerance=1e-11)
def slice_jacobian(rng: Rng, formula: Any = jacobian) -> tuple:
    x, eps = one_slice(rng)
    eps *= float(rng.integers(0, 2))  # ε = 0 in half of the cases

    def normalized(values: Tensor) -> Tensor:
        return standardize(values, (0, 1), eps)

    m = x.numel()
    found = torch.autograd.functional.jacobian(normalized, x).reshape(m, m)
    return formula(x, eps), found


@derivation_check(
    claim="‖∂x̂/∂x‖₂ = 1/√(σ² + ε) for m ≥ 3, at most 1/√ε for ε > 0",
    method="reference", trials=100, tolerance=1e-10,
)  # fmt: skip
def jacobian_norm(
    rng: Rng, formula: Any = lambda variance, eps: 1 / np.sqrt(variance + eps)
) -> float:
    x, eps = one_slice(rng)
    eps *= float(rng.integers(0, 2))
    found = torch.linalg.matrix_norm(jacobian(x, eps), 2)
    expected = formula(x.var(correction=0).item(), eps)
    over = max(0.0, expected * np.sqrt(eps) - 1)
    return relative_error(found, expected) + over


@derivation_check(
    claim="A constant slice becomes 0 for ε > 0, and NaN for ε = 0",
    method="reference", trials=50, tolerance=0,
)  # fmt: skip
def constant_slice(rng: Rng, formula: Any = standardize) -> float:
    x = torch.full((int(rng.integers(1, 9)), 7), float(rng.uniform(-10, 10)))
    with_eps, without = formula(x, (0, 1), 1e-5), formula(x, (0, 1), 0.0)
    return float(not (with_eps == 0).all()) + float(not torch.isnan(without).all())


@equality_check(
    "Two values v ± δ become ± δ/√(δ² + ε): ±1 for every δ > 0 if ε = 0", trials=50, tolerance=1e-6
)
def rounding_is_blown_up(
    rng: Rng, formula: Any = lambda delta, eps: delta / np.sqrt(delta**2 + eps)
) -> tuple:
    delta = 10.0 ** rng.uniform(-8, 0)
    x = torch.tensor([[1 + delta, 1 - delta]], dtype=torch.float64)
    eps = float(rng.choice([0.0, 1e-5]))
    expected = formula(delta, eps)
    return standardize(x, (0, 1), eps), [[expected, -expected]]
