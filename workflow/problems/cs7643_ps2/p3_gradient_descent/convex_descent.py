"""Gradient descent with a fixed step on the convex Lipschitz function that is worst for it.

From w_1 = 0, T steps w_{t+1} = w_t − η∇f(w_t), and the mean w̄ of w_1, …, w_T. For f convex and
ρ-Lipschitz with a minimizer of norm B or less, η = B/(ρ√T) gives f(w̄) − min f ≤ Bρ/√T
(Shalev-Shwartz and Ben-David, *Understanding Machine Learning*, corollary 14.2).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def worst_case(
    steps: int, distance: float = 1.0, rho: float = 1.0, tilt: float = 1e-6
) -> tuple[Callable[[np.ndarray], float], Callable[[np.ndarray], np.ndarray], np.ndarray]:
    """A function on which T steps reach their bound, up to the factor 1 − tilt/2 or better.

    Returns f, ∇f and the minimizer (T,) of
    f(w) = ρ max(max_i (w_i + δ_i), ‖w‖ − B − c) with d = T and falling δ_1 > … > δ_T = 0. Each step
    finds a coordinate that it has not seen, and lowers that one only: one stays at 0 to the end.
    The δ_i, of the size `tilt` relative to B/√T, keep the maximum unique, hence f differentiable,
    at each iterate; c > 0 is such that the minimizer w_i = −c − δ_i has the norm B.
    """
    delta = tilt * distance / np.sqrt(steps) * np.arange(steps - 1, -1, -1) / steps
    # Σ(c + δ_i)² = B²
    c = np.sqrt(distance**2 / steps - np.var(delta)) - np.mean(delta)
    radius = distance + c

    def value(w: np.ndarray) -> float:
        return rho * max(np.max(w + delta), np.linalg.norm(w) - radius)

    def gradient(w: np.ndarray) -> np.ndarray:
        norm = np.linalg.norm(w)
        if norm - radius > np.max(w + delta):
            return rho * w / norm
        unit = np.zeros(steps)
        unit[np.argmax(w + delta)] = rho
        return unit

    return value, gradient, -c - delta


def worst_gap(steps: int, distance: float = 1.0, rho: float = 1.0) -> float:
    """f(w̄) − min f after T steps with η = B/(ρ√T) on the worst function."""
    value, gradient, minimizer = worst_case(steps, distance, rho)
    step = distance / (rho * np.sqrt(steps))
    w, total = np.zeros(steps), np.zeros(steps)
    for _ in range(steps):
        total += w
        w = w - step * gradient(w)
    return float(value(total / steps) - value(minimizer))
