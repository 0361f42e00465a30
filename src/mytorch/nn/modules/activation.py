"""Element-wise activations."""

from __future__ import annotations

import numpy as np

from mytorch.nn.modules.module import Module


class ReLU(Module):
    """y = max(0, x), with derivative 0 at x = 0 (dl_hw1, Q6.2). Any shape."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The positive part of `x`, which may be integers."""
        self._check_input(x, True, "any shape", integers=True)
        y = np.maximum(x, 0)
        self._cache = y  # y > 0 exactly where x > 0: no mask to keep
        return y

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """∂L/∂x = ∂L/∂y where x > 0, else 0.

        Raises:
            RuntimeError: before `forward`.
            ValueError: `grad_output` has another shape than the input.
        """
        y = self._cached()
        self._check_gradient(grad_output, y.shape)
        return grad_output * (y > 0)


class Sigmoid(Module):
    """y = 1 / (1 + e⁻ˣ) (dl_hw1, Q6.2). Any shape.

    The text proposes to clip the input against overflow. Here nothing can overflow, and nothing
    is lost: with e = exp(−|x|) ≤ 1, y is 1 / (1 + e) for x ≥ 0 and e / (1 + e) for x < 0, to
    full relative accuracy in both tails.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """σ(x); of integers in float32."""
        self._check_input(x, True, "any shape", integers=True)
        if x.dtype.kind != "f":
            x = x.astype(np.float32)
        with np.errstate(under="ignore"):  # exp(−10⁴) is 0, and so is σ(−10⁴) in any dtype
            e = np.exp(-np.abs(x))
        y = np.where(x >= 0, 1, e) / (1 + e)
        self._cache = y
        return y

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """∂L/∂x = ∂L/∂y σ(x) (1 − σ(x)).

        Raises:
            RuntimeError: before `forward`.
            ValueError: `grad_output` has another shape than the input.
        """
        y = self._cached()
        self._check_gradient(grad_output, y.shape)
        return grad_output * (y * (1 - y))
