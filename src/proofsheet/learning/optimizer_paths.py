"""What an optimizer makes of gradients: its path on a given loss, its steps under random gradients.

For Deep Learning HW 1, problem 3. An optimizer is given as a function of a list of parameters, such
as `lambda params: Adam(params, lr=0.1)`; anything with the interface of `torch.optim` will do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

MakeOptimizer = Callable[[list[torch.Tensor]], Any]


def path(
    optimizer: MakeOptimizer,
    start: np.ndarray,
    gradient: Callable[[int, np.ndarray], np.ndarray],
    steps: int,
    *,
    bound: float = np.inf,
) -> np.ndarray:
    """Iterates under gradient(t, w), t = 1, 2, …, in float64.

    Args:
        start: w_1, (d,), or several side by side, (n, d).
        gradient: of the t-th step at w, of the same shape.
        bound: an iterate with a larger entry is not stored; the path stays where it was last.

    Returns:
        (steps + 1, d) or (steps + 1, n, d), the start first.
    """
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    run = optimizer([w])
    iterates = np.repeat(np.array(start, dtype=np.float64)[None], steps + 1, axis=0)
    for t in range(1, steps + 1):
        w.grad = torch.as_tensor(gradient(t, iterates[t - 1]), dtype=w.dtype)
        run.step()
        reached = w.detach().numpy()
        if not np.max(np.abs(reached)) <= bound:
            iterates[t:] = iterates[t - 1]
            break
        iterates[t] = reached
    return iterates


def random_steps(
    optimizer: MakeOptimizer,
    draw: Callable[[], np.ndarray],
    steps: int,
    *,
    settle: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and root mean square of −(w_{t+1} − w_t) when the gradients are drawn, not computed.

    Args:
        draw: the gradients of one step; the first axis is that of the independent repetitions.
        settle: steps before the first that counts, for the optimizer's memory to fill.

    Returns:
        Two arrays of the shape of one repetition, both over steps and repetitions.
    """
    w = torch.zeros(draw().shape, dtype=torch.float64, requires_grad=True)
    run = optimizer([w])
    total, squares = np.zeros(w.shape), np.zeros(w.shape)
    for t in range(settle + steps):
        before = w.detach().numpy().copy()
        w.grad = torch.from_numpy(draw())
        run.step()
        if t >= settle:
            step = before - w.detach().numpy()
            total += step
            squares += step**2
    return total.mean(axis=0) / steps, np.sqrt(squares.mean(axis=0) / steps)


def rare_gradients(
    rng: np.random.Generator, probability: np.ndarray, repetitions: int
) -> Callable[[], np.ndarray]:
    """For `random_steps`: 1 with the given probabilities, (k,), else 0; (repetitions, k)."""
    shape = (repetitions, len(probability))
    return lambda: (rng.random(shape) < probability).astype(np.float64)


def noisy_gradients(
    rng: np.random.Generator, deviation: np.ndarray, repetitions: int
) -> Callable[[], np.ndarray]:
    """For `random_steps`: normal with mean 1 and these deviations, (k,); (repetitions, k)."""
    shape = (repetitions, len(deviation))
    return lambda: 1 + deviation * rng.standard_normal(shape)
