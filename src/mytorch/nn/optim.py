"""Optimizers: they hold the parameter arrays and change them in place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np


class Optimizer:
    """What the optimizers share.

    Args:
        parameters: arrays, as from `model.get_parameters()`.
        lr: learning rate; may be changed between steps.
        weight_decay: λ of the penalty λ/2 ‖w‖² on every parameter (its gradient λw is added).

    Raises:
        ValueError: a negative rate.
    """

    def __init__(self, parameters: Iterable[np.ndarray], lr: float, weight_decay: float) -> None:
        for name, value in (("lr", lr), ("weight_decay", weight_decay)):
            if not value >= 0:
                raise ValueError(f"{type(self).__name__}: got {name} = {value}, wants ≥ 0")
        self.parameters = list(parameters)
        self.lr = lr
        self.weight_decay = weight_decay

    def step(self, gradients: Sequence[np.ndarray]) -> None:
        """Change the parameters in place.

        Args:
            gradients: in the order and shapes of the parameters, as from `get_gradients()`.

        Raises:
            ValueError: another number of gradients, or another shape; nothing is changed then.
        """
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Nothing to do: `backward` overwrites gradients, and none are stored here."""

    def _like_parameters(self) -> list[np.ndarray]:
        return [np.zeros_like(p) for p in self.parameters]

    def _check(self, gradients: Sequence[np.ndarray]) -> None:
        got, wanted = [g.shape for g in gradients], [p.shape for p in self.parameters]
        if got != wanted:  # NumPy would broadcast some of them silently
            raise ValueError(
                f"{type(self).__name__}: got gradients of shapes {got}, wants {wanted}"
            )

    def _decayed(self, gradients: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
        """The gradients with that of the penalty."""
        for p, g in zip(self.parameters, gradients, strict=True):
            yield g + float(self.weight_decay) * p if self.weight_decay else g


class SGD(Optimizer):
    """Stochastic gradient descent (dl_hw1, Q6.5; cs7643_ps2, part 1).

    v ← momentum · v + g, w ← w − lr · v, as in PyTorch. With a constant learning rate this is
    cs7643's v ← βv − ηg, w ← w + v; when the rate changes, the two differ for a few steps.
    """

    def __init__(
        self,
        parameters: Iterable[np.ndarray],
        lr: float = 0.01,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        if not 0 <= momentum < 1:
            raise ValueError(f"SGD: got momentum = {momentum}, wants 0 ≤ momentum < 1")
        self.momentum = momentum
        self._velocities = self._like_parameters() if momentum else []

    def step(self, gradients: Sequence[np.ndarray]) -> None:
        """One step; see `Optimizer.step`."""
        self._check(gradients)
        for k, g in enumerate(self._decayed(gradients)):
            if self.momentum:
                self._velocities[k] = g = float(self.momentum) * self._velocities[k] + g
            self.parameters[k] -= float(self.lr) * g


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015; dl_hw1, problem 3), ε outside the root, as in PyTorch.

    m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − lr · m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ)
    and v̂ = v / (1 − β₂ᵗ). `weight_decay` is added to the gradient (it is not AdamW's).

    Raises:
        ValueError: a β outside [0, 1), or a negative rate.
    """

    def __init__(
        self,
        parameters: Iterable[np.ndarray],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"Adam: got betas = {betas}, wants 0 ≤ β < 1")
        self.betas = betas
        self.eps = eps
        self.steps = 0
        self._first_moments = self._like_parameters()
        self._second_moments = self._like_parameters()

    def step(self, gradients: Sequence[np.ndarray]) -> None:
        """One step; see `Optimizer.step`."""
        self._check(gradients)
        self.steps += 1
        beta1, beta2 = map(float, self.betas)
        rate = float(self.lr) / (1 - beta1**self.steps)
        root_correction = math.sqrt(1 - beta2**self.steps)
        for k, g in enumerate(self._decayed(gradients)):
            first, second = self._first_moments[k], self._second_moments[k]
            first += (1 - beta1) * (g - first)
            second *= beta2
            second += (1 - beta2) * (g * g)
            root = np.sqrt(second) / root_correction + float(self.eps)
            self.parameters[k] -= rate * (first / root)
