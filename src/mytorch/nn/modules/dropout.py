"""Dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.nn.init import Rng
from mytorch.nn.modules.module import Module


class Dropout(Module):
    """Inverted dropout: in training each entry is 0 with probability p, else divided by 1 − p.

    The expectation is the input itself, so that evaluation needs no change (eecs182_hw5, Q4–Q6).

    Args:
        p: probability to drop, 0 ≤ p < 1.
        rng: generator or seed of the masks.

    Raises:
        ValueError: p outside [0, 1).
    """

    def __init__(self, p: float = 0.5, rng: Rng = None) -> None:
        if not 0 <= p < 1:
            raise ValueError(f"Dropout: got p = {p}, wants 0 ≤ p < 1")
        self.p = p
        self.rng = np.random.default_rng(rng)

    def __repr__(self) -> str:
        return f"Dropout(p={self.p})"

    def get_state(self) -> Any:
        """Where the generator stands."""
        return self.rng.bit_generator.state

    def set_state(self, state: Any) -> None:
        """Put the generator back: the next `forward` draws the same mask again."""
        self.rng.bit_generator.state = state

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Any shape; the input itself, which may be integers then, in evaluation."""
        self._check_input(x, True, "any shape", integers=not self.training)
        if not self.training or self.p == 0:
            self._cache = (x.shape, None)
            return x
        # Single precision is enough to decide by, and the mask is the same for every dtype.
        kept = self.rng.random(x.shape, dtype=np.float32) >= self.p
        scaled_mask = np.multiply(kept, 1 / (1 - self.p), dtype=x.dtype)
        self._cache = (x.shape, scaled_mask)
        return x * scaled_mask

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """The gradient through the mask of the last `forward`.

        Raises:
            RuntimeError: before `forward`.
            ValueError: `grad_output` has another shape than the input.
        """
        shape, scaled_mask = self._cached()
        self._check_gradient(grad_output, shape)
        return grad_output if scaled_mask is None else grad_output * scaled_mask
