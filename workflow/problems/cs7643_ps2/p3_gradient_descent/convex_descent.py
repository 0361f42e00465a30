"""Gradient descent with a fixed step on convex Lipschitz functions, as far as theory follows it.

From w_1 = 0, T steps w_{t+1} = w_t − η∇f(w_t), and the mean w̄ of w_1, …, w_T. For f convex and
ρ-Lipschitz with a minimizer of norm B or less, η = B/(ρ√T) gives f(w̄) − min f ≤ Bρ/√T
(Shalev-Shwartz and Ben-David, *Understanding Machine Learning*, corollary 14.2). The functions
here have a known minimizer, a known ρ, and a gradient wherever descent takes one. Asked for by
CS 7643 PS 2, problem 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

Gradient = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class ConvexLipschitz:
    """A convex function of w in ℝᵈ.

    Attributes:
        value, gradient: f(w), and ∇f(w) of shape (d,).
        minimizer: (d,) a point where f is least.
        rho: a bound on the norm of every gradient.
    """

    value: Callable[[np.ndarray], float]
    gradient: Gradient
    minimizer: np.ndarray
    rho: float

    @property
    def distance(self) -> float:
        """B: how far the minimizer is from the start at 0."""
        return float(np.linalg.norm(self.minimizer))

    def gap(self, w: np.ndarray) -> float:
        """f(w) − min f."""
        return float(self.value(w) - self.value(self.minimizer))

    def bound(self, steps: int) -> float:
        """Bρ/√T."""
        return self.distance * self.rho / np.sqrt(steps)

    def best_step(self, steps: int) -> float:
        """B/(ρ√T), the η that makes the bound least."""
        return self.distance / (self.rho * np.sqrt(steps))


def descend(gradient: Gradient, dimension: int, step: float, steps: int) -> np.ndarray:
    """w_1 = 0, w_2, …, w_{T+1}, (T + 1, d)."""
    path = np.zeros((steps + 1, dimension))
    for t in range(steps):
        path[t + 1] = path[t] - step * gradient(path[t])
    return path


def averaged(gradient: Gradient, dimension: int, step: float, steps: int) -> np.ndarray:
    """w̄ = (w_1 + … + w_T)/T, (d,), without keeping the path."""
    w, total = np.zeros(dimension), np.zeros(dimension)
    for _ in range(steps):
        total += w
        w = w - step * gradient(w)
    return total / steps


# Functions that come close to the bound ------------------------------------------------------


def absolute_value(distance: float = 1.0, rho: float = 1.0) -> ConvexLipschitz:
    """ρ|w − B| of one number w (with the subgradient 0 where it has no gradient)."""
    return ConvexLipschitz(
        lambda w: rho * abs(w[0] - distance),
        lambda w: rho * np.sign(w - distance),
        np.array([distance]),
        rho,
    )


def worst_case(
    steps: int, distance: float = 1.0, rho: float = 1.0, tilt: float = 1e-6
) -> ConvexLipschitz:
    """The function on which T steps reach their bound, up to the factor 1 − tilt/2 or better.

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

    return ConvexLipschitz(value, gradient, -c - delta, rho)


# Random functions ----------------------------------------------------------------------------


def maximum_of_affine(rng: np.random.Generator, d: int = 5, n: int = 12) -> ConvexLipschitz:
    """max_i ⟨a_i, w − w*⟩: least at w*, because 0 is a mean of the a_i."""
    a = rng.standard_normal((n, d))
    weights = rng.dirichlet(np.ones(n))
    a -= weights @ a
    minimizer = rng.standard_normal(d)

    def gradient(w: np.ndarray) -> np.ndarray:
        return a[np.argmax(a @ (w - minimizer))]

    return ConvexLipschitz(
        lambda w: np.max(a @ (w - minimizer)),
        gradient,
        minimizer,
        float(np.linalg.norm(a, axis=1).max()),
    )


def absolute_deviations(rng: np.random.Generator, d: int = 5, n: int = 12) -> ConvexLipschitz:
    """Σ_i p_i |⟨a_i, w − w*⟩|: exact data, and losses that are not squared."""
    a, p = rng.standard_normal((n, d)), rng.dirichlet(np.ones(n))
    minimizer = rng.standard_normal(d)
    return ConvexLipschitz(
        lambda w: p @ np.abs(a @ (w - minimizer)),
        lambda w: (p * np.sign(a @ (w - minimizer))) @ a,
        minimizer,
        float(p @ np.linalg.norm(a, axis=1)),
    )


def logistic_regression(rng: np.random.Generator, d: int = 5, n: int = 60) -> ConvexLipschitz:
    """Mean of log(1 + exp(−y_i⟨a_i, w⟩)) over both labels of each point, in random shares.

    Points with both labels are not separable, so there is a minimizer; it is found by Newton's
    method, to a gradient below 10⁻¹⁰.
    """
    a = rng.standard_normal((n, d))
    share = expit(a @ rng.standard_normal(d) + rng.standard_normal(n))  # of the label +1

    def value(w: np.ndarray) -> float:
        z = a @ w
        return float(np.mean(share * np.logaddexp(0, -z) + (1 - share) * np.logaddexp(0, z)))

    def gradient(w: np.ndarray) -> np.ndarray:
        return (expit(a @ w) - share) @ a / n

    def hessian(w: np.ndarray) -> np.ndarray:
        s = expit(a @ w)
        return (a.T * (s * (1 - s))) @ a / n

    found = minimize(
        value, np.zeros(d), jac=gradient, hess=hessian, method="trust-exact",
        options={"gtol": 1e-10},
    )  # fmt: skip
    # |σ(z) − share| < 1 bounds each term of the gradient.
    return ConvexLipschitz(value, gradient, found.x, float(np.mean(np.linalg.norm(a, axis=1))))


FAMILIES: dict[str, Callable[[np.random.Generator], ConvexLipschitz]] = {
    "maximum": maximum_of_affine,
    "deviations": absolute_deviations,
    "logistic": logistic_regression,
}
