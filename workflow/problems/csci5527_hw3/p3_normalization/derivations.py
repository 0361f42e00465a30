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
    group_norm,
    instance_norm,
    layer_norm,
    relative_difference,
    standardize,
)

Rng = np.random.Generator
Index = tuple[Any, ...]

METHODS = ("batch", "layer", "instance", "group")
TINY_EPS = 1e-300
"""In place of ε = 0, which PyTorch's batch norm refuses while training."""


def feature_map(rng: Rng) -> tuple[Tensor, int]:
    """A random float64 tensor (N, C, H, W) of random sizes, and a divisor of C above 0."""
    n, c, h, w = rng.integers([2, 1, 2, 2], [5, 7, 6, 6]).tolist()
    x = rng.uniform(-5, 5) + rng.uniform(0.1, 5) * rng.standard_normal((n, c, h, w))
    groups = int(rng.choice([g for g in range(1, c + 1) if c % g == 0]))
    return torch.from_numpy(x), groups


def apply(method: str, x: Tensor, groups: int, eps: float) -> Tensor:
    """One of the four methods of `proofsheet.learning.normalization` by name."""
    plain = {"batch": batch_norm, "layer": layer_norm, "instance": instance_norm}
    return group_norm(x, groups, eps) if method == "group" else plain[method](x, eps)


def torch_module(method: str, shape: tuple[int, ...], groups: int, eps: float) -> torch.nn.Module:
    """PyTorch's module with γ = 1 and β = 0, as it is when made, in training mode.

    With ε = 0 batch norm gets `TINY_EPS`.
    """
    _, c, h, w = shape
    if method == "batch":
        return torch.nn.BatchNorm2d(c, eps=eps or TINY_EPS)
    if method == "instance":
        return torch.nn.InstanceNorm2d(c, eps=eps)
    if method == "layer":
        return torch.nn.LayerNorm((c, h, w), eps=eps)
    return torch.nn.GroupNorm(groups, c, eps=eps)


def pytorch(method: str, x: Tensor, groups: int, eps: float) -> Tensor:
    """The same by PyTorch."""
    with torch.no_grad():
        return torch_module(method, tuple(x.shape), groups, eps).to(x.dtype)(x)


def slices(method: str, shape: tuple[int, ...], groups: int) -> Iterator[Index]:
    """The index of every slice of a feature map, one by one."""
    n, c, _, _ = shape
    size = c // groups
    if method == "batch":
        yield from ((slice(None), channel) for channel in range(c))
    elif method == "layer":
        yield from ((image,) for image in range(n))
    elif method == "instance":
        yield from np.ndindex(n, c)
    else:
        for image, group in np.ndindex(n, groups):
            yield image, slice(group * size, (group + 1) * size)


def by_loops(method: str, x: Tensor, groups: int, eps: float) -> Tensor:
    """Every slice on its own: minus its mean, over the root of its biased variance plus ε."""
    out = torch.empty_like(x)
    for index in slices(method, tuple(x.shape), groups):
        part = x[index]
        variance = ((part - part.mean()) ** 2).mean()
        out[index] = (part - part.mean()) / torch.sqrt(variance + eps)
    return out


# --- slices


@derivation_check(
    claim="each method is (x − μ)/√(σ² + ε) slice by slice",
    method="reference", trials=25, tolerance=1e-12,
)  # fmt: skip
def slice_by_slice(rng: Rng, formula: Any = apply) -> float:
    x, groups = feature_map(rng)
    eps = float(rng.choice([0.0, 1e-5, 0.1]))
    return max(
        relative_error(formula(m, x, groups, eps), by_loops(m, x, groups, eps)) for m in METHODS
    )


@derivation_check(
    claim="the slices of a method are disjoint and cover the tensor",
    method="exhaustive", trials=25, tolerance=0,
)  # fmt: skip
def slices_are_a_partition(rng: Rng, formula: Any = slices) -> float:
    x, groups = feature_map(rng)
    worst = 0
    for method in METHODS:
        count = np.zeros(tuple(x.shape), dtype=int)
        for index in formula(method, tuple(x.shape), groups):
            count[index] += 1
        worst = max(worst, int(np.abs(count - 1).max()))
    return worst


@derivation_check(
    claim="batch, layer, instance and group norm agree with PyTorch's modules",
    method="reference", trials=25, tolerance=1e-13,
)  # fmt: skip
def agrees_with_pytorch(rng: Rng, formula: Any = apply) -> float:
    x, groups = feature_map(rng)
    eps = float(rng.choice([0.0, 1e-5]))
    return max(
        relative_difference(formula(m, x, groups, eps), pytorch(m, x, groups, eps)) for m in METHODS
    )


@equality_check("a normalized slice has mean 0 and variance σ²/(σ² + ε)", trials=50)
def moments(rng: Rng, formula: Any = lambda variance, eps: variance / (variance + eps)) -> tuple:
    x, _ = feature_map(rng)
    eps = float(rng.choice([0.0, 1e-5, 0.1, 10.0]))
    out, axes = standardize(x, AXES["instance"], eps), AXES["instance"]
    variance = x.var(axes, correction=0)
    found = torch.cat([out.mean(axes), out.var(axes, correction=0)])
    expected = torch.cat([torch.zeros_like(variance), formula(variance, eps)])
    return found, expected


def as_groups(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Layer, instance and batch norm, each by group norm, ε = 0."""
    n, c, h, w = x.shape
    side_by_side = x.permute(1, 2, 0, 3).reshape(1, c, h, n * w)
    batch = group_norm(side_by_side, c, 0.0)
    return (
        group_norm(x, 1, 0.0),
        group_norm(x, c, 0.0),
        batch.reshape(c, h, n, w).permute(2, 0, 1, 3),
    )


@equality_check(
    "layer norm is group norm with G = 1, instance norm with G = C, and batch norm that of "
    "the one image in which the batch lies side by side",
    trials=25,
    tolerance=1e-13,
)
def cases_of_group_norm(rng: Rng, formula: Any = as_groups) -> tuple:
    x, _ = feature_map(rng)
    expected = (layer_norm(x, 0.0), instance_norm(x, 0.0), batch_norm(x, 0.0))
    return formula(x), expected


@derivation_check(
    claim="ax + b and x have the same normalization for ε = 0 and a > 0, the opposite for a < 0",
    method="reference", trials=50, tolerance=1e-11,
)  # fmt: skip
def scale_and_offset(rng: Rng, formula: Any = lambda out, a: np.sign(a) * out) -> float:
    x, groups = feature_map(rng)
    a, b = rng.choice([-1, 1]) * rng.uniform(0.1, 10), rng.uniform(-10, 10)
    return max(
        relative_error(apply(m, a * x + b, groups, 0.0), formula(by_loops(m, x, groups, 0.0), a))
        for m in METHODS
    )


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
    centred = (x - x.mean()).flatten()
    s = torch.sqrt((centred**2).mean() + eps)
    out = centred / s
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


def pulled_back(x: Tensor, g: Tensor, eps: float) -> Tensor:
    """∇_x L = (g − ḡ − x̂ · mean(x̂ ⊙ g))/s for g = ∇_x̂ L."""
    s = torch.sqrt(x.var(correction=0) + eps)
    out = (x - x.mean()) / s
    return (g - g.mean() - out * (out * g).mean()) / s


@equality_check(
    "∇_x L = (g − ḡ − x̂ · mean(x̂ ⊙ g))/√(σ² + ε) for g = ∇_x̂ L", method="autograd", tolerance=1e-11
)
def slice_gradient(rng: Rng, formula: Any = pulled_back) -> tuple:
    x, eps = one_slice(rng)
    g = torch.from_numpy(rng.standard_normal(tuple(x.shape)))
    x.requires_grad_()
    (expected,) = torch.autograd.grad((standardize(x, (0, 1), eps) * g).sum(), x)
    return formula(x.detach(), g, eps), expected


@derivation_check(
    claim="‖∂x̂/∂x‖₂ = 1/√(σ² + ε) for m ≥ 3: unbounded for ε = 0, at most 1/√ε otherwise",
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
    claim="a constant slice becomes 0 for ε > 0, and 0/0 for ε = 0",
    method="exhaustive", trials=50, tolerance=0,
)  # fmt: skip
def constant_slice(rng: Rng, formula: Any = standardize) -> float:
    x = torch.full((int(rng.integers(1, 9)), 7), float(rng.uniform(-10, 10)))
    with_eps, without = formula(x, (0, 1), 1e-5), formula(x, (0, 1), 0.0)
    return float(not (with_eps == 0).all()) + float(not torch.isnan(without).all())


@equality_check(
    "two values v ± δ become ± δ/√(δ² + ε): ±1 for every δ > 0 if ε = 0", trials=50, tolerance=1e-6
)
def rounding_is_blown_up(
    rng: Rng, formula: Any = lambda delta, eps: delta / np.sqrt(delta**2 + eps)
) -> tuple:
    delta = 10.0 ** rng.uniform(-8, 0)
    x = torch.tensor([[1 + delta, 1 - delta]], dtype=torch.float64)
    eps = float(rng.choice([0.0, 1e-5]))
    expected = formula(delta, eps)
    return standardize(x, (0, 1), eps), [[expected, -expected]]
