"""EECS 182 HW 5, question 3: the formulas of the chapter, each held against a reference.

Letters as in the chapter: c and c' are the channels of the input and of the output, k the side of
the kernel, D (c, k, k) the depthwise kernels, P (c', c) the pointwise weights.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn.functional import conv2d

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


def composed(depthwise: np.ndarray, pointwise: np.ndarray) -> np.ndarray:
    """W_oc = P_oc D_c (c', c, k, k): the standard convolution that the two layers amount to."""
    return np.einsum("oc,cuv->ocuv", pointwise, depthwise)


# The layers -------------------------------------------------------------------------------


def standard_layer(given: int, made: int, kernel: int, **options: object) -> nn.Conv2d:
    """One convolution; `options` of `nn.Conv2d`."""
    return nn.Conv2d(given, made, kernel, **options)


def separable_layers(given: int, made: int, kernel: int, **options: object) -> nn.Sequential:
    """One kernel for each of the `given` channels, then a 1 × 1 convolution."""
    return nn.Sequential(
        nn.Conv2d(given, given, kernel, groups=given, **options),
        nn.Conv2d(given, made, 1, **options),
    )


def numel(layer: nn.Module) -> int:
    """Learned numbers of a layer."""
    return sum(parameter.numel() for parameter in layer.parameters())


def counted() -> dict[str, int]:
    """The numbers of both parts, counted in PyTorch's layers."""
    size = (GIVEN, MADE, KERNEL)
    without, with_ = separable_layers(*size, bias=False), separable_layers(*size)
    return {
        "standard": numel(standard_layer(*size, bias=False)),
        "depthwise": numel(without[0]),
        "pointwise": numel(without[1]),
        "separable": numel(without),
        "standard_biased": numel(standard_layer(*size)),
        "separable_pointwise_biased": numel(without[0]) + numel(with_[1]),
        "separable_biased": numel(with_),
    }


def draw_sizes(rng: Rng) -> tuple[int, int, int]:
    """Two numbers of channels and the side of a kernel."""
    given, made = rng.integers(1, 9, 2)
    return int(given), int(made), int(rng.integers(1, 6))


# The checks -------------------------------------------------------------------------------


@equality_check("a standard convolution has c'·c·k² weights", trials=50, tolerance=0)
def standard_count(rng: Rng, formula: Callable = standard_weights) -> tuple:
    size = draw_sizes(rng)
    return formula(*size), numel(standard_layer(*size, bias=False, device="meta")), 1


@equality_check("depthwise c·k² and pointwise c'·c weights", trials=50, tolerance=0)
def separable_count(rng: Rng, formula: Callable = separable_weights) -> tuple:
    size = draw_sizes(rng)
    layers = separable_layers(*size, bias=False, device="meta")
    return formula(*size), tuple(map(numel, layers)), 1


@derivation_check(
    claim="108; 27 + 12 = 39; with biases 112, 43 and 46",
    method="reference",
    tolerance=0,
)
def numbers_of_the_question(rng: Rng, formula: Callable = counts_of_the_question) -> int:
    found = formula()
    return max(abs(found[name] - count) for name, count in counted().items())


@equality_check(
    "weights of the separable over those of the standard convolution: 1/c' + 1/k²",
    trials=50,
    tolerance=1e-14,
)
def ratio(rng: Rng, formula: Callable = share) -> tuple:
    size = draw_sizes(rng)
    layers = (
        build(*size, bias=False, device="meta") for build in (separable_layers, standard_layer)
    )
    separable, standard = map(numel, layers)
    return formula(*size[1:]), separable / standard, 1


@equality_check("pointwise after depthwise is the convolution with W_oc = P_oc D_c", trials=50)
def composition(rng: Rng, formula: Callable = composed) -> tuple:
    given, made, kernel = draw_sizes(rng)
    layers = separable_layers(given, made, kernel, bias=False, dtype=torch.float64)
    x = torch.tensor(rng.standard_normal((2, given, kernel + 3, kernel + 2)))
    depthwise, pointwise = (layer.weight.detach().numpy() for layer in layers)
    weights = formula(depthwise[:, 0], pointwise[:, :, 0, 0])
    return conv2d(x, torch.tensor(weights)).numpy(), layers(x).detach().numpy()


@equality_check("biases a and b of the two layers do what the one bias b + Pa does", trials=50)
def one_bias_is_enough(rng: Rng, formula: Callable = merged_bias) -> tuple:
    given, made, kernel = draw_sizes(rng)
    layers = separable_layers(given, made, kernel, dtype=torch.float64)
    x = torch.tensor(rng.standard_normal((2, given, kernel + 3, kernel + 2)))
    expected = layers(x).detach().numpy()
    biases = [layer.bias.detach().numpy().copy() for layer in layers]
    with torch.no_grad():
        layers[0].bias.zero_()
        pointwise = layers[1].weight[:, :, 0, 0].numpy()
        layers[1].bias.copy_(torch.tensor(formula(pointwise, *biases)))
    return layers(x).detach().numpy(), expected
