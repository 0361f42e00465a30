"""Adagrad, RMSprop, Adam and AdamW, written on tensors (CSCI 5527 HW 3, problem 1 b-d).

Each optimizer is one function of one parameter: `update(t, θ, g, *state, s)` reads the gradient
g of the t-th step and changes θ and its state in place. `Optimizer` does the rest: it keeps the
state, counts the steps and leaves out parameters without a gradient. Arguments and defaults are
those of `torch.optim`, and so are the trajectories, to rounding.

Nothing is allocated after construction: what a step needs besides the state goes into scratch
tensors that all parameters share. And on a CPU a large parameter is updated in pieces of a few rows
that stay in its cache from one operation to the next. On large models both shorten a step
(`benchmarks/optim_vs_torch.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

PIECE = 2**19
"""Elements, about, that a CPU updates at once: with gradient, state and scratch some 10 MB."""


@dataclass
class _Slot:
    """A parameter θ with its step count, its state tensors and its share of the scratch.

    Attributes:
        rows: of θ, how many are updated at once; as many has the scratch. None: all of θ.
    """

    parameter: Tensor
    state: list[Tensor]
    scratch: list[Tensor]
    rows: int | None
    steps: int = 0

    def pieces(self, gradient: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """θ, its gradient, state and scratch, whole or piece by piece."""
        tensors = (self.parameter, gradient, *self.state)
        if self.rows is None:
            yield *tensors, *self.scratch
            return
        for piece in zip(*(t.split(self.rows) for t in tensors), strict=True):
            yield *piece, *(s[: len(piece[0])] for s in self.scratch)


class Optimizer:
    """What all optimizers share; a subclass fills in `update`.

    Args:
        params: the tensors to train, each real, dense and a leaf; a tensor that occurs twice
            (tied weights) is trained once.
        lr: learning rate, kept in the attribute `lr`, which may be changed between steps.
        state: number of state tensors per parameter, each of its shape and 0 at the start.
        scratch: number of scratch tensors of the size of the largest piece.

    Raises:
        TypeError: a parameter is not a tensor (parameter groups are not supported: give each
            group an optimizer of its own).
        ValueError: no parameters, one that cannot be trained, or a negative learning rate.
    """

    def __init__(self, params: Iterable[Tensor], lr: float, *, state: int, scratch: int) -> None:
        _require(lr >= 0, "lr", lr, "at least 0")
        parameters = _trainable(params)
        self.lr = lr
        rows = [_rows_at_once(p) for p in parameters]
        shapes = [
            p.shape if few is None else (few, *p.shape[1:])
            for p, few in zip(parameters, rows, strict=True)
        ]
        largest: dict[tuple[torch.device, torch.dtype], int] = {}
        for p, shape in zip(parameters, shapes, strict=True):
            kind = (p.device, p.dtype)
            largest[kind] = max(largest.get(kind, 0), math.prod(shape))
        shared = {
            (device, dtype): [torch.empty(n, device=device, dtype=dtype) for _ in range(scratch)]
            for (device, dtype), n in largest.items()
        }
        self._slots = [
            _Slot(
                parameter=p,
                state=[torch.zeros_like(p, requires_grad=False) for _ in range(state)],
                scratch=[s[: math.prod(shape)].view(shape) for s in shared[p.device, p.dtype]],
                rows=few,
            )
            for p, few, shape in zip(parameters, rows, shapes, strict=True)
        ]

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient.

        A parameter whose `grad` is None stays as it is, and so do its state and its step count.
        """
        for slot in self._slots:
            gradient = slot.parameter.grad
            if gradient is not None:
                slot.steps += 1
                for piece in slot.pieces(gradient):
                    self.update(slot.steps, *piece)

    def zero_grad(self) -> None:
        """Forget the gradients: every `grad` becomes None, as PyTorch's default has it."""
        for slot in self._slots:
            slot.parameter.grad = None

    def update(self, t: int, θ: Tensor, g: Tensor, *buffers: Tensor) -> None:
        """Step t ≥ 1 of one parameter, or of some rows of it, in place; g is not changed.

        Args:
            θ, g: the parameter and its gradient.
            buffers: the state tensors, then the scratch tensors, all of θ's shape.
        """
        raise NotImplementedError


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan, Singer, JMLR 2011): divide by the root of all squares so far.

    A coordinate's step shrinks like 1/√t under gradients of constant size; a coordinate that
    is seldom active keeps a long step.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
    ) -> None:
        _require(lr_decay >= 0, "lr_decay", lr_decay, "at least 0")
        _require(weight_decay >= 0, "weight_decay", weight_decay, "at least 0")
        start = initial_accumulator_value
        _require(start >= 0, "initial_accumulator_value", start, "at least 0")
        _require(eps >= 0, "eps", eps, "at least 0")
        super().__init__(params, lr, state=1, scratch=2 if weight_decay else 1)
        self.lr_decay, self.weight_decay, self.eps = lr_decay, weight_decay, eps
        for slot in self._slots:
            slot.state[0].fill_(start)

    def update(self, t: int, θ: Tensor, g: Tensor, G: Tensor, *scratch: Tensor) -> None:
        """G ← G + g²;  θ ← θ − α_t g / (√G + ε)  with  α_t = α / (1 + (t − 1)·decay)."""
        g = _with_penalty(g, θ, self.weight_decay, scratch)
        s = scratch[0]
        α = self.lr / (1 + (t - 1) * self.lr_decay)

        G.addcmul_(g, g)
        torch.sqrt(G, out=s).add_(self.eps)
        θ.addcdiv_(g, s, value=-α)


class RMSprop(Optimizer):
    """RMSprop (Hinton, Coursera lecture 6e, 2012): divide by a running root mean square.

    Adagrad's sum becomes an exponential mean, so that the step does not die out: a gradient
    of constant size is followed by steps of length near α.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
    ) -> None:
        _require(0 <= alpha < 1, "alpha", alpha, "in [0, 1)")
        _require(eps >= 0, "eps", eps, "at least 0")
        _require(weight_decay >= 0, "weight_decay", weight_decay, "at least 0")
        _require(momentum >= 0, "momentum", momentum, "at least 0")
        super().__init__(params, lr, state=2 if momentum else 1, scratch=2 if weight_decay else 1)
        self.alpha, self.eps = alpha, eps
        self.weight_decay, self.momentum = weight_decay, momentum

    def update(self, t: int, θ: Tensor, g: Tensor, v: Tensor, *rest: Tensor) -> None:
        """v ← ρv + (1 − ρ)g²;  θ ← θ − α g / (√v + ε), with momentum on that quotient."""
        b, *scratch = rest if self.momentum else (None, *rest)
        g = _with_penalty(g, θ, self.weight_decay, scratch)
        s = scratch[0]
        ρ = self.alpha

        v.mul_(ρ).addcmul_(g, g, value=1 - ρ)
        torch.sqrt(v, out=s).add_(self.eps)
        if b is None:
            θ.addcdiv_(g, s, value=-self.lr)
        else:
            b.mul_(self.momentum).addcdiv_(g, s)
            θ.add_(b, alpha=-self.lr)


class Adam(Optimizer):
    """Adam (Kingma, Ba, ICLR 2015, arXiv 1412.6980): Algorithm 1, with bias correction.

    m and v start at 0 and are too small by the factors 1 − β₁ᵗ and 1 − β₂ᵗ; dividing by those
    makes already the first step one of length α. `weight_decay` adds λθ to the gradient, which
    the division by √v̂ then rescales with it (`AdamW` does not have that flaw).
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
    ) -> None:
        for i, beta in enumerate(betas, start=1):
            _require(0 <= beta < 1, f"beta {i}", beta, "in [0, 1)")
        _require(eps >= 0, "eps", eps, "at least 0")
        _require(weight_decay >= 0, "weight_decay", weight_decay, "at least 0")
        super().__init__(params, lr, state=2, scratch=2 if weight_decay else 1)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

    def update(self, t: int, θ: Tensor, g: Tensor, m: Tensor, v: Tensor, *scratch: Tensor) -> None:
        """m̂, v̂: the corrected means of g and g²;  θ ← θ − α m̂ / (√v̂ + ε)."""
        g = self.decay(θ, g, scratch)
        s = scratch[0]
        β1, β2 = self.betas

        m.lerp_(g, 1 - β1)  #                        m ← β₁m + (1 − β₁)g
        v.mul_(β2).addcmul_(g, g, value=1 - β2)  #   v ← β₂v + (1 − β₂)g²
        # m̂ = m / (1 − β₁ᵗ) and √v̂ = √v / c with c = √(1 − β₂ᵗ): scalars, taken into α and ε.
        c = math.sqrt(1 - β2**t)
        torch.sqrt(v, out=s).add_(self.eps * c)  #   s = c (√v̂ + ε)
        α = self.lr * c / (1 - β1**t)
        θ.addcdiv_(m, s, value=-α)  #                θ ← θ − α m̂ / (√v̂ + ε)

    def decay(self, θ: Tensor, g: Tensor, scratch: Sequence[Tensor]) -> Tensor:
        """Apply the weight decay λ; returns the gradient that Algorithm 1 sees: g + λθ."""
        return _with_penalty(g, θ, self.weight_decay, scratch)


class AdamW(Adam):
    """AdamW (Loshchilov, Hutter, ICLR 2019, arXiv 1711.05101): Adam, the decay decoupled.

    The weights shrink by the factor 1 − αλ beside Adam's step, all of them alike, whatever
    the size of their gradients.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def decay(self, θ: Tensor, g: Tensor, scratch: Sequence[Tensor]) -> Tensor:
        """θ ← (1 − αλ)θ; the gradient stays as it is."""
        if self.weight_decay:
            θ.mul_(1 - self.lr * self.weight_decay)
        return g


class Schedule:
    """Learning rate α_k = α₀ · factor(k), with k = 0 from the start and one more per `step()`.

    α₀ is the optimizer's learning rate when the schedule is made. Call `step()` after each
    epoch or after each batch, whichever `factor` counts in.
    """

    def __init__(self, optimizer: Optimizer, factor: Callable[[int], float]) -> None:
        self.optimizer, self.factor = optimizer, factor
        self.initial_lr, self.steps = optimizer.lr, 0
        optimizer.lr = self.initial_lr * factor(0)

    def step(self) -> None:
        """Move on to the next learning rate."""
        self.steps += 1
        self.optimizer.lr = self.initial_lr * self.factor(self.steps)


def cosine(steps: int, *, warmup: int = 0, floor: float = 0.0) -> Callable[[int], float]:
    """Half a cosine from 1 to `floor` in `steps` steps, then constant (SGDR, arXiv 1608.03983).

    The first `warmup` of the steps rise linearly instead: 1/warmup, 2/warmup, …, 1.
    Raises `ValueError` unless 0 ≤ warmup < steps and 0 ≤ floor ≤ 1.
    """
    _require(0 <= warmup < steps, "warmup", warmup, f"in [0, steps = {steps})")
    _require(0 <= floor <= 1, "floor", floor, "in [0, 1]")

    def factor(k: int) -> float:
        if k < warmup:
            return (k + 1) / warmup
        progress = min(1.0, (k - warmup) / (steps - warmup))
        return floor + (1 - floor) * (1 + math.cos(math.pi * progress)) / 2

    return factor


def staircase(every: int, by: float) -> Callable[[int], float]:
    """Multiply by `by` after every `every` steps; `staircase(1, 0.99)` decays geometrically.

    Raises `ValueError` unless every ≥ 1 and by > 0.
    """
    _require(every >= 1, "every", every, "at least 1")
    _require(by > 0, "by", by, "positive")
    return lambda k: by ** (k // every)


def _rows_at_once(p: Tensor) -> int | None:
    """How many rows of a parameter a CPU updates at once; None: all."""
    if p.device.type != "cpu" or p.numel() < 2 * PIECE or len(p) < 2:
        return None
    return max(1, PIECE // p[0].numel())


def _with_penalty(g: Tensor, θ: Tensor, λ: float, scratch: Sequence[Tensor]) -> Tensor:
    """g + λθ, the gradient with that of ½λ‖θ‖² added; in the second scratch tensor if λ ≠ 0."""
    if not λ:
        return g
    _, out = scratch
    return torch.add(g, θ, alpha=λ, out=out)


def _trainable(params: Iterable[Tensor]) -> list[Tensor]:
    """The parameters once each, in their order, after a look at every one."""
    if isinstance(params, Tensor):
        raise TypeError("params is a tensor; pass an iterable of tensors, such as [tensor]")
    unique: dict[int, Tensor] = {}
    for i, p in enumerate(params):
        if not isinstance(p, Tensor):
            raise TypeError(
                f"parameter {i} is a {type(p).__name__}, not a tensor (for parameter groups, "
                "make one optimizer per group)"
            )
        if not p.is_floating_point() or p.layout is not torch.strided:
            raise ValueError(f"parameter {i} is {p.dtype}, {p.layout}; need real and dense")
        if not p.is_leaf:
            raise ValueError(f"parameter {i}, {tuple(p.shape)}, is not a leaf: it has no .grad")
        unique[id(p)] = p
    if not unique:
        raise ValueError("params is empty; a generator can be walked through only once")
    return list(unique.values())


def _require(ok: bool, name: str, value: float, allowed: str) -> None:
    if not ok:
        raise ValueError(f"{name} is {value}; it must be {allowed}")
