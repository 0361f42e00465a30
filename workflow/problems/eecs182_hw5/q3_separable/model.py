"""Depthwise separable convolutions: their layers, and what of a convolution they can be.

EECS 182 HW 5, question 3. A standard convolution has weights W (c', c, k, k). A separable one has
m kernels for each input channel, D (c, m, k, k), and mixes what they give by weights P (c', c, m):
W_oc = Σ_j P_ocj D_cj. The homework and MobileNet have m = 1.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def standard_layer(given: int, made: int, kernel: int, **options: object) -> nn.Conv2d:
    """One convolution of `given` to `made` channels; `options` of `nn.Conv2d`."""
    return nn.Conv2d(given, made, kernel, **options)


def separable_layers(
    given: int,
    made: int,
    kernel: int,
    *,
    multiplier: int = 1,
    bias: bool = False,
    **options: object,
) -> nn.Sequential:
    """`multiplier` kernels for each of the `given` channels, then a 1 × 1 convolution.

    Args:
        given, made: channels of the input and of the output.
        kernel: side of the kernels.
        bias: whether both of the layers have one.
        options: of the first `nn.Conv2d`: padding, stride, device, …
    """
    depthwise = nn.Conv2d(given, multiplier * given, kernel, groups=given, bias=bias, **options)
    kept = {name: options[name] for name in ("device", "dtype") if name in options}
    return nn.Sequential(depthwise, nn.Conv2d(multiplier * given, made, 1, bias=bias, **kept))


def multiply_adds(layer: nn.Module, shape: tuple[int, ...]) -> int:
    """Multiplications with an addition in one forward pass, as PyTorch's own counter has them.

    Args:
        layer: of convolutions, on the meta device or another; no arithmetic is done on meta.
        shape: of the input, (N, C, H, W).
    """
    device = next(layer.parameters()).device
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        layer(torch.empty(shape, device=device))
    return counter.get_total_flops() // 2  # it counts the multiplication and the addition


def composed(depthwise: np.ndarray, pointwise: np.ndarray) -> np.ndarray:
    """The standard convolution that two layers amount to.

    Args:
        depthwise: (c, m, k, k).
        pointwise: (c', c, m).

    Returns:
        (c', c, k, k).
    """
    return np.einsum("ocj,cjuv->ocuv", pointwise, depthwise)


def separated(weights: np.ndarray, multiplier: int) -> tuple[np.ndarray, np.ndarray]:
    """The separable convolution nearest to a standard one, in the sum of squares.

    For each input channel the c' × k² matrix of its kernels is cut to rank `multiplier`, which
    the singular value decomposition does best [Eckart & Young 1936].

    Args:
        weights: (c', c, k, k).
        multiplier: kernels for each input channel, at least 1.

    Returns:
        (c, m, k, k) and (c', c, m), as `composed` takes them, with m = min(multiplier, c', k²).
    """
    made, given, k, _ = weights.shape
    by_channel = weights.transpose(1, 0, 2, 3).reshape(given, made, k * k)
    left, scale, right = np.linalg.svd(by_channel, full_matrices=False)
    kept = slice(multiplier)
    depthwise = right[:, kept].reshape(given, -1, k, k)
    pointwise = (left[:, :, kept] * scale[:, None, kept]).transpose(1, 0, 2)
    return depthwise, pointwise


def approximation_error(weights: np.ndarray, multiplier: int) -> float:
    """‖W − its nearest separable convolution‖/‖W‖."""
    gap = weights - composed(*separated(weights, multiplier))
    return float(np.linalg.norm(gap) / np.linalg.norm(weights))
