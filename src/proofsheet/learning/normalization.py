"""Batch, layer and instance normalization as one function over axes.

CSCI 5527 HW 3, problem 3; figure 2 there (from Wu & He, arXiv 1803.08494) shows the slices.
A feature map is a torch tensor (N, C, H, W); a slice is what shares one mean and one variance:

    method      slice                                    axes         slices
    batch       a channel, over the whole batch          (0, 2, 3)    C
    layer       an image, all of its channels            (1, 2, 3)    N
    instance    a channel of an image                    (2, 3)       N·C

The scale γ = 1 and the shift β = 0 of the text; the variance is the biased one, divided by the
number of elements of the slice, as in PyTorch. Everything can be differentiated.
"""

from __future__ import annotations

import torch
from torch import Tensor

# The axes of (N, C, H, W) that one slice runs over.
AXES: dict[str, tuple[int, ...]] = {"batch": (0, 2, 3), "layer": (1, 2, 3), "instance": (2, 3)}


def standardize(x: Tensor, axes: tuple[int, ...], eps: float = 0.0) -> Tensor:
    """(x − μ) / √(σ² + ε), with the mean μ and variance σ² of each slice along `axes`.

    Args:
        x: floating-point tensor.
        axes: the axes that a slice runs over; the last two of x must be among them.
        eps: ε ≥ 0.

    Returns:
        A tensor like x. A constant slice has x − μ = 0 exactly, and so becomes 0 where ε > 0
        and NaN (0/0) where ε = 0: that is what ε is for. With ε = 0, a slice that is constant
        but for rounding would have its rounding errors blown up to variance 1.
    """
    # Measured from its own first element a constant slice is exactly 0, which the rounded mean
    # of the slice itself would not give; and a large common offset costs no digits.
    first = x
    for axis in axes:
        first = first.narrow(axis, 0, 1)
    centred = x - first
    centred -= centred.mean(axes, keepdim=True)

    # Norms over (H, W) first, then their mean over the other axes: no tensor of squares is
    # made, and in float32 no sum is long enough to lose digits.
    norms = torch.linalg.vector_norm(centred, dim=(-2, -1), keepdim=True)
    variance = norms.square() / (x.shape[-2] * x.shape[-1])
    others = [axis for axis in axes if axis < x.ndim - 2]
    if others:
        variance = variance.mean(others, keepdim=True)

    scale = (variance + eps).rsqrt()
    # In place when autograd will not ask for the centred values again: it saves a tensor.
    return centred * scale if centred.requires_grad else centred.mul_(scale)


def batch_norm(x: Tensor, eps: float = 1e-5) -> Tensor:
    """Each channel over the batch, as `torch.nn.BatchNorm2d` in training; x is (N, C, H, W)."""
    return standardize(x, AXES["batch"], eps)


def layer_norm(x: Tensor, eps: float = 1e-5) -> Tensor:
    """Each image, as `torch.nn.LayerNorm((C, H, W))`; x is (N, C, H, W)."""
    return standardize(x, AXES["layer"], eps)


def instance_norm(x: Tensor, eps: float = 1e-5) -> Tensor:
    """Each channel of each image, as `torch.nn.InstanceNorm2d`; x is (N, C, H, W)."""
    return standardize(x, AXES["instance"], eps)


def relative_difference(x: Tensor, y: Tensor) -> float:
    """Equation (3) of the text: ‖x − y‖₂ / max(‖x‖₂, ‖y‖₂), in float64; 0 if both are 0."""
    if x.shape != y.shape:
        raise ValueError(f"shapes differ: {tuple(x.shape)} and {tuple(y.shape)}")
    x, y = x.detach().double(), y.detach().double()
    norm = torch.linalg.vector_norm
    larger = max(norm(x).item(), norm(y).item())
    difference = norm(x - y).item()
    return difference / larger if larger else difference
