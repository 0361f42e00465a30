"""Adagrad, RMSprop, Adam and AdamW as in their papers, written on tensors.

Parameters, arguments and defaults are those of `torch.optim`, and so are the trajectories, to
rounding. θ is a parameter, g its gradient, α the learning rate `lr`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor


class Optimizer:
    """What all optimizers share: parameters and their steps `t`; a subclass has `update`.

    Args:
        lr: learning rate, kept in the attribute `lr`, which may be changed between steps.
    """

    def __init__(self, params: Iterable[Tensor], lr: float) -> None:
        if lr < 0:
            raise ValueError(f"lr is {lr}; it must be at least 0")
        self.params = list(dict.fromkeys(params))  # tied weights are trained once
        if not self.params:
            raise ValueError("params is empty; a generator can be walked through only once")
        self.lr = lr
        self.t = [0] * len(self.params)

    def zeros(self) -> list[Tensor]:
        """A zero tensor for each parameter."""
        return [torch.zeros_like(θ, requires_grad=False) for θ in self.params]

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient."""
        for i, θ in enumerate(self.params):
            if θ.grad is not None:
                self.t[i] += 1
                self.update(i, θ, θ.grad)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for θ in self.params:
            θ.grad = None

    def update(self, i: int, θ: Tensor, g: Tensor) -> None:
        """Change parameter number i in place."""
        raise NotImplementedError


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan, Singer, JMLR 2011): divide by the root of all squares so far."""

    def __init__(self, params: Iterable[Tensor], lr: float = 1e-2, eps: float = 1e-10) -> None:
        super().__init__(params, lr)
        self.eps, self.G = eps, self.zeros()

    def update(self, i: int, θ: Tensor, g: Tensor) -> None:
        """G ← G + g²;  θ ← θ − α g / (√G + ε)."""
        self.G[i] += g**2
        θ -= self.lr * g / (self.G[i] ** 0.5 + self.eps)


class RMSprop(Optimizer):
    """RMSprop (Hinton, Coursera lecture 6e, 2012): divide by a running root mean square."""

    def __init__(
        self, params: Iterable[Tensor], lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8
    ) -> None:
        super().__init__(params, lr)
        self.alpha, self.eps, self.v = alpha, eps, self.zeros()

    def update(self, i: int, θ: Tensor, g: Tensor) -> None:
        """v ← ρ v + (1 − ρ) g²;  θ ← θ − α g / (√v + ε)."""
        ρ = self.alpha
        self.v[i] = ρ * self.v[i] + (1 - ρ) * g**2
        θ -= self.lr * g / (self.v[i] ** 0.5 + self.eps)


class Adam(Optimizer):
    """Adam (Kingma, Ba, ICLR 2015, arXiv 1412.6980), Algorithm 1."""

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(params, lr)
        self.betas, self.eps, self.m, self.v = betas, eps, self.zeros(), self.zeros()

    def update(self, i: int, θ: Tensor, g: Tensor) -> None:
        """Means m and v of g and g², corrected for their start at 0;  θ ← θ − α m̂ / (√v̂ + ε)."""
        β1, β2 = self.betas
        self.m[i] = β1 * self.m[i] + (1 - β1) * g
        self.v[i] = β2 * self.v[i] + (1 - β2) * g**2
        m_hat = self.m[i] / (1 - β1 ** self.t[i])
        v_hat = self.v[i] / (1 - β2 ** self.t[i])
        θ -= self.lr * m_hat / (v_hat**0.5 + self.eps)


class AdamW(Adam):
    """AdamW (Loshchilov, Hutter, ICLR 2019, arXiv 1711.05101): the weights shrink by 1 − αλ."""

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps)
        self.weight_decay = weight_decay

    def update(self, i: int, θ: Tensor, g: Tensor) -> None:
        """θ ← (1 − αλ) θ, then Adam's step."""
        θ *= 1 - self.lr * self.weight_decay
        super().update(i, θ, g)


class Schedule:
    """Learning rate α_k = α₀ · factor(k), with k = 0 from the start and one more per `step()`."""

    def __init__(self, optimizer: Optimizer, factor: Callable[[int], float]) -> None:
        self.optimizer, self.factor = optimizer, factor
        self.initial_lr, self.steps = optimizer.lr, 0
        optimizer.lr = self.initial_lr * factor(0)

    def step(self) -> None:
        """Move on to the next learning rate."""
        self.steps += 1
        self.optimizer.lr = self.initial_lr * self.factor(self.steps)


def cosine(steps: int, *, warmup: int = 0) -> Callable[[int], float]:
    """A linear rise 1/warmup, …, 1, then half a cosine from 1 to 0 (SGDR, arXiv 1608.03983).

    Raises:
        ValueError: unless 0 ≤ warmup < steps.
    """
    if not 0 <= warmup < steps:
        raise ValueError(f"warmup is {warmup}; it must be in [0, steps = {steps})")

    def factor(k: int) -> float:
        if k < warmup:
            return (k + 1) / warmup
        progress = min(1.0, (k - warmup) / (steps - warmup))
        return (1 + math.cos(math.pi * progress)) / 2

    return factor
