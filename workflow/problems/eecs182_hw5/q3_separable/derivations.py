"""EECS 182 HW 5, question 3: the formulas of the chapter, each held against a reference.

Letters as in the chapter: c and c' are the channels of the input and of the output, k the side of
the kernel, D (c, k, k) the depthwise kernels, P (c', c) the pointwise weights.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from torch import nn

from proofsheet.checks import exact_check, exhaustive_check
from proofsheet.exact import Draw
from proofsheet.learning.loop import parameter_count

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


COUNTS = {
    "standard": 108, "depthwise": 27, "pointwise": 12, "separable": 39,
    "standard_biased": 112, "separable_pointwise_biased": 43, "separable_biased": 46,
}  # fmt: skip
"""The numbers of both parts, without and with biases."""


def share(made: Any, kernel: Any) -> Any:
    """Weights of the separable over those of the standard convolution: 1/c' + 1/k²."""
    return 1 / made + 1 / kernel**2


def merged_bias(pointwise: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """b + Pa: the one bias (c',) that does what a (c,) and b (c',) do, for P (c', c)."""
    return second + pointwise @ first


def composed(depthwise: np.ndarray, pointwise: np.ndarray) -> np.ndarray:
    """W_oc = P_oc D_c (c', c, k, k): the standard convolution that the two layers amount to."""
    return np.einsum("oc,cuv->ocuv", pointwise, depthwise)


# The layers -------------------------------------------------------------------------------


def separable_layers(given: int, made: int, kernel: int, **options: object) -> nn.Sequential:
    """One kernel for each of the `given` channels, then a 1 × 1 convolution."""
    return nn.Sequential(
        nn.Conv2d(given, given, kernel, groups=given, **options),
        nn.Conv2d(given, made, 1, **options),
    )


def counted() -> dict[str, int]:
    """The numbers of both parts, counted in PyTorch's layers."""
    size = (GIVEN, MADE, KERNEL)
    without, with_ = separable_layers(*size, bias=False), separable_layers(*size)
    return {
        "standard": parameter_count(nn.Conv2d(*size, bias=False)),
        "depthwise": parameter_count(without[0]),
        "pointwise": parameter_count(without[1]),
        "separable": parameter_count(without),
        "standard_biased": parameter_count(nn.Conv2d(*size)),
        "separable_pointwise_biased": parameter_count(without[0]) + parameter_count(with_[1]),
        "separable_biased": parameter_count(with_),
    }


def convolved(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Without padding: x (c, h, w) and weights (c', c, k, k) → (c', h − k + 1, w − k + 1)."""
    windows = sliding_window_view(x, weights.shape[2:], axis=(1, 2))
    return np.einsum("cijuv,ocuv->oij", windows, weights)


def separately_convolved(
    x: np.ndarray, depthwise: np.ndarray, pointwise: np.ndarray, first: Any = 0, second: Any = 0
) -> np.ndarray:
    """x (c, h, w) through both layers, with biases (c, 1, 1) and (c', 1, 1)."""
    channels = zip(x, depthwise, strict=True)
    inner = [convolved(channel[None], kernel[None, None]) for channel, kernel in channels]
    return convolved(np.concatenate(inner) + first, pointwise[..., None, None]) + second


SIZES = list(product((1, 2, 3), repeat=3))
"""(c, c', k) for the counts."""


def draw_layers(draw: Draw) -> list[np.ndarray]:
    """An image, depthwise kernels, and pointwise weights."""
    given, made, kernel = (int(n) for n in draw.rng.integers(1, 4, 3))
    return [draw(given, kernel + 2, kernel + 1), draw(given, kernel, kernel), draw(made, given)]


# The checks -------------------------------------------------------------------------------


@exhaustive_check("a standard convolution has c'·c·k² weights, for c, c', k ≤ 3")
def standard_count(rng: Rng, formula: Callable = standard_weights) -> tuple:
    layers = [nn.Conv2d(*size, bias=False, device="meta") for size in SIZES]
    return [formula(*size) for size in SIZES], list(map(parameter_count, layers))


@exhaustive_check("depthwise c·k² and pointwise c'·c weights, for c, c', k ≤ 3")
def separable_count(rng: Rng, formula: Callable = separable_weights) -> tuple:
    layers = [separable_layers(*size, bias=False, device="meta") for size in SIZES]
    expected = [tuple(map(parameter_count, pair)) for pair in layers]
    return [formula(*size) for size in SIZES], expected


@exhaustive_check("108; 27 + 12 = 39; with biases 112, 43 and 46")
def numbers_of_the_question(rng: Rng, formula: dict[str, int] = COUNTS) -> tuple:
    return formula, counted()


@exact_check("separable over standard weights: 1/c' + 1/k²")
def ratio(draw: Draw, formula: Callable = share) -> tuple:
    given, made, kernel = draw(3)
    separable = sum(separable_weights(given, made, kernel))
    return formula(made, kernel), separable / standard_weights(given, made, kernel)


@exact_check("pointwise after depthwise is the convolution with W_oc = P_oc D_c")
def composition(draw: Draw, formula: Callable = composed) -> tuple:
    x, depthwise, pointwise = draw_layers(draw)
    found = convolved(x, formula(depthwise, pointwise))
    return found, separately_convolved(x, depthwise, pointwise)


@exact_check("biases a and b of the two layers do what the one bias b + Pa does")
def one_bias_is_enough(draw: Draw, formula: Callable = merged_bias) -> tuple:
    layers = draw_layers(draw)
    made, given = layers[2].shape
    first, second = draw(given), draw(made)
    merged = formula(layers[2], first, second)[:, None, None]
    expected = separately_convolved(*layers, first[:, None, None], second[:, None, None])
    return separately_convolved(*layers) + merged, expected
