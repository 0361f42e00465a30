"""Gradient descent with a backtracking (Armijo) line search, and the record of what it did.

Steepest descent and nothing else: x ← x − t∇f(x), no momentum, no curvature. The only thing
chosen along the way is the step t, by trying and halving (Armijo 1966; Nocedal and Wright,
*Numerical Optimization*, 2nd ed., algorithm 3.1). Asked for by CSCI 5527 HW 2, problem 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

DECREASE = 1e-4
"""c of the Armijo condition f(x − t∇f) ≤ f(x) − c t ‖∇f‖²."""

TOLERANCE = 1e-8
"""By what factor the norm of the gradient has to fall.

The search compares losses, which makes no more sense at norms below √(u·f/t), with the rounding
unit u = 1e-16.
"""

MAX_STEP = 1.0
"""First trial step, and the largest one ever tried."""

Loss = Callable[[np.ndarray], float]
Gradient = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Descent:
    """Where a run ended and how it went there, over K accepted steps.

    Attributes:
        x: last iterate, in the shape of the start.
        losses, gradient_norms: (K + 1,) at every iterate, the start included.
        steps: (K,) accepted step sizes.
        evaluations: (K,) losses that the line search tried for each of them.
        stopped_by: `gradient` (converged), `iterations` (the limit), or `rounding` (no step
            lowers the loss any more in floating point).
    """

    x: np.ndarray
    losses: np.ndarray
    gradient_norms: np.ndarray
    steps: np.ndarray
    evaluations: np.ndarray
    stopped_by: Literal["gradient", "iterations", "rounding"]

    @property
    def iterations(self) -> int:
        return len(self.steps)

    @property
    def converged(self) -> bool:
        return self.stopped_by == "gradient"


def gradient_descent(
    loss: Loss, gradient: Gradient, start: np.ndarray, *, max_iterations: int = 20_000
) -> Descent:
    """Minimize `loss` from `start`, until ‖∇f(x_k)‖ ≤ TOLERANCE · max_{j≤k} ‖∇f(x_j)‖.

    The norm is Frobenius'. The test is relative to the largest gradient of the run, so it does not
    depend on the units of the loss or of x, and a start near a saddle, where the gradient is small
    for another reason, does not make it stricter.

    Args:
        loss, gradient: f and ∇f; the gradient has the shape of its argument.
        start: x_0, of any shape; it is not modified.
        max_iterations: accepted steps after which to give up.
    """
    x = np.array(start, dtype=np.float64)
    value, slope = loss(x), gradient(x)
    norm = np.linalg.norm(slope)
    largest = norm
    losses, norms, steps, evaluations = [value], [norm], [], []
    trial, stopped_by = MAX_STEP, "gradient"
    while norm > TOLERANCE * largest:
        if len(steps) == max_iterations:
            stopped_by = "iterations"
            break
        found = backtrack(loss, x, value, slope, trial)
        if found is None:
            stopped_by = "rounding"
            break
        step, x, value, tried = found
        slope = gradient(x)
        norm = np.linalg.norm(slope)
        largest = max(largest, norm)
        trial = min(2 * step, MAX_STEP)
        losses.append(value)
        norms.append(norm)
        steps.append(step)
        evaluations.append(tried)
    return Descent(
        x,
        np.array(losses),
        np.array(norms),
        np.array(steps),
        np.array(evaluations, dtype=np.int64),
        stopped_by,
    )


def backtrack(
    loss: Loss, x: np.ndarray, value: float, slope: np.ndarray, step: float
) -> tuple[float, np.ndarray, float, int] | None:
    """The first of `step`, `step / 2`, `step / 4`, … that meets the Armijo condition.

    Args:
        x, value, slope: the iterate, its loss and its gradient (not zero).
        step: the first trial.

    Returns:
        The accepted step, the new iterate, its loss and the number of trials; None where x is
        left as it is by rounding before any trial was accepted.
    """
    promised = DECREASE * float(np.vdot(slope, slope))
    tried = 0
    while True:
        candidate = x - step * slope
        if np.array_equal(candidate, x):
            return None
        candidate_value = loss(candidate)
        tried += 1
        # The second test is implied by the first, but for rounding when little is promised:
        # without it the iterates could wander for ever among equal losses. A NaN fails both.
        if candidate_value <= value - step * promised and candidate_value < value:
            return step, candidate, candidate_value, tried
        step /= 2


def best(runs: Iterable[Descent]) -> Descent:
    """The run with the lowest final loss; of equals, the first."""
    return min(runs, key=lambda run: run.losses[-1])
