"""From images to rows."""

from __future__ import annotations

import numpy as np

from mytorch.nn.modules.module import Module


class Flatten(Module):
    """Everything but the batch axis in one axis, the last varying fastest, as in PyTorch."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(batch, …) → (batch, product of …).

        Raises:
            ValueError: `x` has no axis beside the batch.
        """
        self._check_input(x, x.ndim >= 2, "(batch, …)", integers=True)
        self._cache = x.shape
        return x.reshape(len(x), int(np.prod(x.shape[1:])))

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(batch, product of …) → (batch, …).

        Raises:
            RuntimeError: before `forward`.
            ValueError: `grad_output` has another shape than the output.
        """
        shape = self._cached()
        self._check_gradient(grad_output, (shape[0], int(np.prod(shape[1:]))))
        return grad_output.reshape(shape)
