"""A 3 × 3 convolution whose gradient by the kernels is one matrix product.

With the windows of the input in the rows of a matrix A, the output is Y = A Wᵀ and the gradient
∂L/∂W = Gᵀ A. Where there are few places and many channels, a CPU computes this product faster than
its routine for convolutions: with 256 channels at 4 × 4 places in bfloat16 the layer took half the
time (oneDNN, AMX, one thread of a busy machine).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional

FEW_PLACES = 16
"""Of a map; with more of them the library's routine is as fast or faster."""


def convolution(x: Tensor, matrix: Tensor) -> Tensor:
    """(b, c, h, w) and kernels in the rows of a matrix (o, 9·c) → (b, o, h, w), by whichever way
    has the faster gradient."""
    places = x.shape[2] * x.shape[3]
    if places <= FEW_PLACES and x.dtype == torch.bfloat16 and x.device.type == "cpu":
        return WindowConvolution.apply(x, matrix)
    return functional.conv2d(x, kernels(matrix, x.shape[1]), padding=1)


def kernels(matrix: Tensor, channels: int) -> Tensor:
    """Rows (o, 9·c), place before channel, seen as kernels (o, c, 3, 3) in `channels_last`."""
    return matrix.view(-1, 3, 3, channels).permute(0, 3, 1, 2)


def windows(x: Tensor) -> Tensor:
    """The 3 × 3 neighborhood of each place, zeros beyond the ends: (b, c, h, w) → (b·h·w, 9·c).

    In a row the places come before the channels, as in `kernels`. Three neighbors of one line lie
    side by side in `channels_last`, so a row is copied in three pieces.
    """
    batch, channels, height, width = x.shape
    padded = functional.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1)).contiguous()
    image, line, place, _ = padded.stride()
    pieces = padded.as_strided(
        (batch, height, width, 3, 3 * channels), (image, line, place, line, 1)
    )
    return pieces.reshape(-1, 9 * channels)


class WindowConvolution(torch.autograd.Function):
    """`conv2d(x, kernels(matrix, c), padding=1)`; under autocast its products are in bfloat16."""

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.bfloat16)
    def forward(ctx: Any, x: Tensor, matrix: Tensor) -> Tensor:
        """(b, c, h, w) and (o, 9·c) → (b, o, h, w)."""
        ctx.save_for_backward(x, matrix)
        return functional.conv2d(x, kernels(matrix, x.shape[1]), padding=1)

    @staticmethod
    @once_differentiable
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """Gradients by x, from the library, and by the matrix, from the windows."""
        x, matrix = ctx.saved_tensors
        by_x = by_matrix = None
        if ctx.needs_input_grad[0]:
            by_x, _, _ = torch.ops.aten.convolution_backward(
                gradient, x, kernels(matrix, x.shape[1]), None,
                [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [True, False, False],
            )  # fmt: skip
        if ctx.needs_input_grad[1]:
            rows = gradient.permute(0, 2, 3, 1).reshape(-1, len(matrix))
            by_matrix = rows.t() @ windows(x)
        return by_x, by_matrix
