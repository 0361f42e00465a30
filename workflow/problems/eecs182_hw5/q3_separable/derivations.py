"""EECS 182 HW 5, question 3: the formulas of the chapter, each held against a reference.

Letters as in the chapter: c and c' are the channels of the input and of the output, k the side of
the kernel, H' × W' the places of the output, m the kernels for each input channel.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn.functional import conv2d

from problems.eecs182_hw5.q3_separable.model import (
    approximation_error,
    composed,
    multiply_adds,
    separable_layers,
    separated,
    standard_layer,
)
from proofsheet.checks import derivation_check, equality_check

Rng = np.random.Generator

GIVEN, MADE, KERNEL = 3, 4, 3
"""Channels and kernel of the question."""

# The formulas -----------------------------------------------------------------------------


def standard_weights(given: int, made: int, kernel: int) -> int:
    """c' c k²."""
    return made * given * kernel**2


def separable_weights(given: int, made: int, kernel: int) -> tuple[int, int]:
    """c k² of the depthwise and c' c of the pointwise convolution."""
    return given * kernel**2, made * given


def counts_of_the_question() -> dict[str, int]:
    """The numbers of both parts, without and with biases."""
    return {
        "standard": 108, "depthwise": 27, "pointwise": 12, "separable": 39,
        "standard_biased": 112, "separable_pointwise_biased": 43, "separable_biased": 46,
    }  # fmt: skip


def share(made: int, kernel: int) -> float:
    """Weights of the separable over those of the standard convolution: 1/c' + 1/k²."""
    return 1 / made + 1 / kernel**2


def merged_bias(pointwise: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """b + Pa: the one bias (c',) that does what a (c,) and b (c',) do, for P (c', c)."""
    return second + pointwise @ first


def dimension(given: int, made: int, kernel: int) -> int:
    """c (k² + c' − 1): of the set of separable convolutions among all."""
    return given * (kernel**2 + made - 1)


def tail(weights: np.ndarray, multiplier: int) -> float:
    """√(Σ_c Σ_{j>m} σ_cj²)/‖W‖ with the singular values of the c' × k² matrix of each channel."""
    made, given = weights.shape[:2]
    total = 0.0
    for channel in range(given):
        values = np.linalg.svd(weights[:, channel].reshape(made, -1), compute_uv=False)
        total += np.sum(values[multiplier:] ** 2)
    return float(np.sqrt(total) / np.linalg.norm(weights))


# Random cases -----------------------------------------------------------------------------


def draw_sizes(rng: Rng) -> tuple[int, int, int]:
    """Two numbers of channels and the side of a kernel."""
    given, made = rng.integers(1, 9, 2)
    return int(given), int(made), int(rng.integers(1, 6))


def numel(layer: torch.nn.Module) -> int:
    """Learned numbers of a layer."""
    return sum(parameter.numel() for parameter in layer.parameters())


def draw_weights(rng: Rng) -> np.ndarray:
    """(c', c, k, k)."""
    given, made, kernel = draw_sizes(rng)
    return rng.standard_normal((made, given, kernel, kernel))


# Counting ---------------------------------------------------------------------------------


@equality_check("a standard convolution has c'·c·k² weights", trials=50, tolerance=0)
def standard_count(rng: Rng, formula: Callable = standard_weights) -> tuple:
    given, made, kernel = draw_sizes(rng)
    return formula(given, made, kernel), numel(standard_layer(
        given, made, kernel, bias=False, device="meta")), 1  # fmt: skip


@derivation_check(
    claim="depthwise c·k² and pointwise c'·c weights",
    method="reference",
    trials=50,
    tolerance=0,
)
def separable_count(rng: Rng, formula: Callable = separable_weights) -> int:
    given, made, kernel = draw_sizes(rng)
    layers = separable_layers(given, made, kernel, device="meta")
    return max(
        abs(count - numel(layer))
        for count, layer in zip(formula(given, made, kernel), layers, strict=True)
    )


@derivation_check(
    claim="108; 27 + 12 = 39; with biases 112, 43 and 46",
    method="reference",
    tolerance=0,
)
def numbers_of_the_question(rng: Rng, formula: Callable = counts_of_the_question) -> int:
    size = (GIVEN, MADE, KERNEL)
    without, with_ = separable_layers(*size), separable_layers(*size, bias=True)
    expected = {
        "standard": numel(standard_layer(*size, bias=False)),
        "depthwise": numel(without[0]),
        "pointwise": numel(without[1]),
        "separable": numel(without),
        "standard_biased": numel(standard_layer(*size)),
        "separable_pointwise_biased": numel(without[0]) + numel(with_[1]),
        "separable_biased": numel(with_),
    }
    found = formula()
    return max(abs(found[name] - count) for name, count in expected.items())


@derivation_check(
    claim="each weight is used once per place of the output: H'W' multiply-adds for each",
    method="reference",
    trials=30,
    tolerance=0,
)
def multiplications(
    rng: Rng, formula: Callable = lambda weights, height, width: weights * height * width
) -> int:
    given, made, kernel = draw_sizes(rng)
    height, width = (int(size) for size in kernel + rng.integers(0, 6, 2))
    shape = (1, given, height, width)
    places = (height - kernel + 1, width - kernel + 1)
    return max(
        abs(formula(numel(layer), *places) - multiply_adds(layer, shape))
        for layer in (
            standard_layer(given, made, kernel, bias=False, device="meta"),
            separable_layers(given, made, kernel, device="meta"),
        )
    )


@equality_check(
    "separable over standard: 1/c' + 1/k², for weights and for multiply-adds",
    trials=50,
    tolerance=1e-14,
)
def ratio(rng: Rng, formula: Callable = share) -> tuple:
    given, made, kernel = draw_sizes(rng)
    layers = (
        separable_layers(given, made, kernel, device="meta"),
        standard_layer(given, made, kernel, bias=False, device="meta"),
    )
    weights = [numel(layer) for layer in layers]
    work = [multiply_adds(layer, (1, given, 8, 8)) for layer in layers]
    expected = formula(made, kernel)
    return (weights[0] / weights[1], work[0] / work[1]), (expected, expected), 1


# What a separable convolution is ----------------------------------------------------------


@equality_check("pointwise after depthwise is the convolution with W_oc = P_oc D_c", trials=50)
def composition(rng: Rng, formula: Callable = composed) -> tuple:
    given, made, kernel = draw_sizes(rng)
    multiplier = int(rng.integers(1, 4))
    layers = separable_layers(given, made, kernel, multiplier=multiplier, dtype=torch.float64)
    x = torch.tensor(rng.standard_normal((2, given, kernel + 3, kernel + 2)))
    depthwise, pointwise = (layer.weight.detach().numpy() for layer in layers)
    weights = formula(
        depthwise.reshape(given, multiplier, kernel, kernel),
        pointwise.reshape(made, given, multiplier),
    )
    return conv2d(x, torch.tensor(weights)).numpy(), layers(x).detach().numpy()


@equality_check("biases a and b of the two layers do what the one bias b + Pa does", trials=50)
def one_bias_is_enough(rng: Rng, formula: Callable = merged_bias) -> tuple:
    given, made, kernel = draw_sizes(rng)
    layers = separable_layers(given, made, kernel, bias=True, dtype=torch.float64)
    x = torch.tensor(rng.standard_normal((2, given, kernel + 3, kernel + 2)))
    expected = layers(x).detach().numpy()
    biases = [layer.bias.detach().numpy().copy() for layer in layers]
    with torch.no_grad():
        layers[0].bias.zero_()
        pointwise = layers[1].weight[:, :, 0, 0].numpy()
        layers[1].bias.copy_(torch.tensor(formula(pointwise, *biases)))
    return layers(x).detach().numpy(), expected


@equality_check(
    "the separable convolutions have dimension c(k² + c' − 1): 36 of 39 here",
    method="autograd",
    trials=20,
    tolerance=0,
)
def degrees_of_freedom(rng: Rng, formula: Callable = dimension) -> tuple:
    given, made, kernel = draw_sizes(rng)
    shapes = (given, 1, kernel, kernel), (made, given, 1)
    depthwise, pointwise = (torch.tensor(rng.standard_normal(shape)) for shape in shapes)
    jacobian = torch.autograd.functional.jacobian(
        lambda d, p: torch.einsum("ocj,cjuv->ocuv", p, d).ravel(), (depthwise, pointwise)
    )
    flat = torch.cat([part.reshape(part.shape[0], -1) for part in jacobian], dim=1)
    rank = torch.linalg.matrix_rank(flat, rtol=1e-10).item()
    return formula(given, made, kernel), rank, 1


@derivation_check(
    claim="relative distance of W from the nearest: √(Σ_c Σ_{j>m} σ_cj²)/‖W‖, and no random or"
    " refitted separable convolution is nearer",
    method="bound",
    trials=30,
    tolerance=1e-12,
)
def nearest_separable(rng: Rng, formula: Callable = tail) -> float:
    weights, multiplier = draw_weights(rng), int(rng.integers(1, 4))
    expected = formula(weights, multiplier)
    error = abs(approximation_error(weights, multiplier) - expected)
    # Kernels near the best ones, with the mixing that is best for them by least squares.
    depthwise, _ = separated(weights, multiplier)
    moved = depthwise + 0.1 * rng.standard_normal(depthwise.shape)
    gap = 0.0
    for channel, kernels in enumerate(moved.reshape(*moved.shape[:2], -1)):
        rows = weights[:, channel].reshape(len(weights), -1)
        gap += np.linalg.norm(rows - rows @ np.linalg.pinv(kernels) @ kernels) ** 2
    return max(error, expected - np.sqrt(gap) / np.linalg.norm(weights))


@derivation_check(
    claim="with m = min(c', k²) kernels per channel every convolution is separable",
    method="reference",
    trials=50,
    tolerance=1e-12,
)
def enough_kernels(
    rng: Rng, formula: Callable = lambda made, kernel: min(made, kernel**2)
) -> float:
    weights = draw_weights(rng)
    multiplier = formula(len(weights), weights.shape[-1])
    fewer = approximation_error(weights, multiplier - 1) if multiplier > 1 else 1.0
    # One kernel less is not enough for random weights.
    return approximation_error(weights, multiplier) + float(fewer < 1e-9)
