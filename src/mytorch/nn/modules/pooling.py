"""Max pooling."""

from __future__ import annotations

import numpy as np

from mytorch.nn.modules.module import Module
from mytorch.nn.modules.windows import Pair, every, pair, window_count


class MaxPool2d(Module):
    """The largest entry of each window (cs7643_ps2, part 1; eecs182_hw5, Q6).

    Windows need not be square, may overlap, and need not tile the input: a rest at the bottom
    or the right that no window covers is left out. Where the maximum occurs more than once, the
    whole gradient goes to the first in reading order, as in PyTorch.

    Args:
        kernel_size: an integer, or (vertical, horizontal).
        stride: likewise; None is the kernel's size.
    """

    def __init__(self, kernel_size: Pair, stride: Pair | None = None) -> None:
        self.kernel_size = pair(kernel_size, "MaxPool2d: kernel_size", 1)
        stride = kernel_size if stride is None else stride
        self.stride = pair(stride, "MaxPool2d: stride", 1)

    def __repr__(self) -> str:
        return f"MaxPool2d(kernel_size={self.kernel_size}, stride={self.stride})"

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(N, C, H, W) → (N, C, OH, OW), OH = ⌊(H − kh) / stride⌋ + 1.

        Raises:
            ValueError: `x` has another number of axes or is smaller than the window.
        """
        kh, kw = self.kernel_size
        fits = x.ndim == 4 and x.shape[2] >= kh and x.shape[3] >= kw
        wanted = f"(batch, channels, height ≥ {kh}, width ≥ {kw})"
        self._check_input(x, fits, wanted, integers=True)
        first, *others = self._offsets(x.shape)
        y = x[first].copy()
        for offset in others:
            np.maximum(y, x[offset], out=y)
        self._cache = (x, y)
        return y

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(N, C, OH, OW) → (N, C, H, W).

        Raises:
            RuntimeError: before `forward`.
            ValueError: `grad_output` has another shape than the output.
        """
        x, y = self._cached()
        self._check_gradient(grad_output, y.shape)
        dx = np.zeros(x.shape, grad_output.dtype)
        overlap = self.stride[0] < self.kernel_size[0] or self.stride[1] < self.kernel_size[1]
        waiting = np.ones(y.shape, bool)  # windows whose maximum has not been met yet
        for offset in self._offsets(x.shape):
            here = x[offset] == y
            here &= waiting
            waiting ^= here
            if overlap:
                dx[offset] += grad_output * here
            else:  # no entry is in two windows: write, and do not read
                np.multiply(grad_output, here, out=dx[offset])
        return dx

    def _offsets(self, shape: tuple[int, ...]) -> list[tuple[slice, ...]]:
        """For each place in the window, in reading order, where it lies in every window."""
        (kh, kw), (sh, sw) = self.kernel_size, self.stride
        oh, ow = window_count(shape[2], kh, sh), window_count(shape[3], kw, sw)
        everything = slice(None)
        return [
            (everything, everything, every(i, oh, sh), every(j, ow, sw))
            for i in range(kh)
            for j in range(kw)
        ]
