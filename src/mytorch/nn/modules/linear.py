"""The fully-connected layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from mytorch.nn.init import Init, Rng, initial_weights
from mytorch.nn.modules.module import Module


class Linear(Module):
    """Z = X Wᵀ + b (dl_hw1, Q6.1).

    Args:
        init: of `W`: `"xavier"`, `"he"` or a standard deviation; `b` starts at zero.
        rng: generator or seed that `W` is drawn with.
        dtype: of the parameters: float32, or float64 for checks.

    Attributes:
        W, dW: weights and their gradient, (out_features, in_features).
        b, db: bias and its gradient, (out_features,).
    """

    parameter_names = ("W", "b")

    def __init__(
        self,
        in_features: int,
        out_features: int,
        init: Init = "xavier",
        rng: Rng = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.in_features = in_features
        self.out_features = out_features
        shape = (out_features, in_features)
        self._add_parameters(
            W=initial_weights(shape, in_features, out_features, init, rng, dtype),
            b=np.zeros(out_features, dtype),
        )

    def __repr__(self) -> str:
        return f"Linear({self.in_features}, {self.out_features})"

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(batch, in_features) → (batch, out_features).

        Raises:
            ValueError: `x` has another shape or is not floating point.
        """
        fits = x.ndim == 2 and x.shape[1] == self.in_features
        self._check_input(x, fits, f"(batch, {self.in_features})")
        self._cache = x
        z = x @ self.W.T
        z += self.b
        return z

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(batch, out_features) → (batch, in_features); sets dW = GᵀX and db = Σₙ Gₙ.

        Raises:
            RuntimeError: before `forward`.
            ValueError: `grad_output` has another shape.
        """
        self.backward_parameters(grad_output)
        return grad_output @ self.W

    def backward_parameters(self, grad_output: np.ndarray) -> None:
        """dW and db, without the gradient by the input; see `Module.backward_parameters`."""
        x = self._cached()
        self._check_gradient(grad_output, (x.shape[0], self.out_features))
        np.matmul(grad_output.T, x, out=self._gradient_array("W"))
        np.sum(grad_output, axis=0, out=self._gradient_array("b"))
