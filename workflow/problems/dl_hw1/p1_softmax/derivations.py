"""Deep Learning HW 1, problem 1: the formulas of the chapter, each held against a reference.

Letters as in the chapter: z ∈ ℝⁿ are logits, τ > 0 is the temperature, y = softmax(z/τ), J = ∂y/∂z;
A is d × m, x has m entries, b and the target t have d.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from proofsheet.checks import autograd_check, derivation_check, equality_check

# The formulas -----------------------------------------------------------------------------


def softmax(z: np.ndarray, tau: float = 1.0) -> np.ndarray:
    """y_i = exp(z_i/τ) / Σ_j exp(z_j/τ), of the shape (n,) of z; no exponential overflows."""
    scaled = np.exp((z - np.max(z)) / tau)
    return scaled / scaled.sum()


def softmax_jacobian(y: np.ndarray, tau: float = 1.0) -> np.ndarray:
    """J = (diag(y) − yyᵀ)/τ, (n, n), from the probabilities y, (n,)."""
    return (np.diag(y) - np.outer(y, y)) / tau


def softmax_backward(y: np.ndarray, gradient: np.ndarray, tau: float = 1.0) -> np.ndarray:
    """Jᵀg = y ⊙ (g − yᵀg)/τ, (n,): what a layer hands back, without the n × n matrix."""
    return y * (gradient - y @ gradient) / tau


def affine_gradients(
    A: np.ndarray, b: np.ndarray, x: np.ndarray, t: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """∇_A f = rxᵀ, (d, m), and ∇_b f = r, (d,), with r = Ax + b − t."""
    r = A @ x + b - t
    return np.outer(r, x), r


# Random cases and references --------------------------------------------------------------


def draw_logits(rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """2 to 8 logits, and a temperature between 1/5 and 5 (large gaps over τ included)."""
    return rng.normal(scale=3, size=rng.integers(2, 9)), float(np.exp(rng.uniform(-1, 1) * 1.6))


def torch_jacobian(z: np.ndarray, tau: float) -> np.ndarray:
    """∂ softmax(z/τ)/∂z by reverse mode, row by row."""
    return torch.autograd.functional.jacobian(
        lambda z: torch.softmax(z / tau, dim=0), torch.tensor(z)
    ).numpy()


# 1.1 The Jacobian -------------------------------------------------------------------------


@equality_check("∂y/∂z = (diag(y) − yyᵀ)/τ", method="autograd", trials=200)
def jacobian(rng, formula=softmax_jacobian):
    z, tau = draw_logits(rng)
    # In units of 1/τ, not of J: where y is all but one-hot, 1 − y_i has only absolute accuracy.
    return formula(softmax(z, tau), tau), torch_jacobian(z, tau), 1 / tau


@autograd_check("Jᵀg = y ⊙ (g − yᵀg)/τ", trials=200)
def vector_jacobian_product(rng, formula=softmax_backward):
    z, tau = draw_logits(rng)
    g = rng.standard_normal(len(z))
    loss = lambda z: torch.softmax(z / tau, 0) @ torch.tensor(g)  # noqa: E731
    return formula(softmax(z, tau), g, tau), loss, z, 1 / tau


def spread(u: np.ndarray, y: np.ndarray, tau: float) -> float:
    """Var_y(u)/τ: the variance of u_i when i is drawn with probability y_i."""
    return y @ (u - y @ u) ** 2 / tau


@equality_check("uᵀJu = Var_{i∼y}(u_i)/τ ≥ 0", method="autograd", trials=200)
def quadratic_form(rng, formula=spread):
    z, tau = draw_logits(rng)
    u = rng.standard_normal(len(z))
    return formula(u, softmax(z, tau), tau), u @ torch_jacobian(z, tau) @ u, 1 / tau


def null_direction(n: int) -> np.ndarray:
    """The one direction that softmax does not see."""
    return np.ones(n) / np.sqrt(n)


@derivation_check(
    claim="the null space of J is span{1}: J1 = 0, and the other n − 1 eigenvalues are positive",
    method="autograd",
    trials=200,
    tolerance=1e-12,
)
def null_space(rng, formula=null_direction):
    n = int(rng.integers(2, 9))
    # Logits within a few τ of each other, so that "positive" does not mean "below rounding".
    z, tau = rng.uniform(-1, 1, n), rng.uniform(0.5, 2)
    J = torch_jacobian(z, tau)
    second_smallest = np.sort(np.linalg.eigvalsh((J + J.T) / 2))[1]
    if second_smallest <= 1e-4 / tau:
        return float("inf")
    return float(np.linalg.norm(J @ formula(n)) / second_smallest)


# 1.2 The affine map -----------------------------------------------------------------------


def draw_affine(rng: np.random.Generator) -> list[np.ndarray]:
    """A (d × m), b, x and t."""
    d, m = rng.integers(1, 6, 2)
    return [rng.standard_normal(shape) for shape in ((d, m), d, m, d)]


def half_square(A: Any, b: Any, x: np.ndarray, t: np.ndarray) -> torch.Tensor:
    """½‖Ax + b − t‖², where A or b is a tensor."""
    r = torch.as_tensor(A) @ torch.as_tensor(x) + torch.as_tensor(b) - torch.as_tensor(t)
    return 0.5 * torch.sum(r**2)


@autograd_check("∇_A ½‖Ax + b − t‖² = (Ax + b − t)xᵀ")
def gradient_of_A(rng, formula=lambda A, b, x, t: affine_gradients(A, b, x, t)[0]):
    A, b, x, t = draw_affine(rng)
    return formula(A, b, x, t), lambda A: half_square(A, b, x, t), A


@autograd_check("∇_b ½‖Ax + b − t‖² = Ax + b − t")
def gradient_of_b(rng, formula=lambda A, b, x, t: affine_gradients(A, b, x, t)[1]):
    A, b, x, t = draw_affine(rng)
    return formula(A, b, x, t), lambda b: half_square(A, b, x, t), b


# 1.3 Softmax and sigmoid ------------------------------------------------------------------


def sigmoid(a: np.ndarray) -> np.ndarray:
    """σ(a) = 1/(1 + e^(−a)), computed without overflow."""
    return 0.5 * (1 + np.tanh(a / 2))


@equality_check("with two classes, softmax_τ(z)₁ = σ((z₁ − z₂)/τ)", trials=200, tolerance=1e-14)
def two_classes(rng, formula=lambda z, tau: sigmoid((z[0] - z[1]) / tau)):
    z, tau = rng.normal(scale=3, size=2), rng.uniform(0.2, 5)
    return formula(z, tau), float(torch.softmax(torch.tensor(z) / tau, 0)[0]), 1


@autograd_check("∂(−log y_k)/∂z = (y − e_k)/τ", trials=200)
def categorical_gradient(rng, formula=lambda y, e, tau: (y - e) / tau):
    z, tau = draw_logits(rng)
    k = int(rng.integers(len(z)))
    loss = lambda z: -torch.log_softmax(z / tau, 0)[k]  # noqa: E731
    return formula(softmax(z, tau), np.eye(len(z))[k], tau), loss, z, 1 / tau


@autograd_check("∂(−Σ_i [t_i log σ(z_i) + (1 − t_i) log(1 − σ(z_i))])/∂z = σ(z) − t", trials=200)
def bernoulli_gradient(rng, formula=lambda z, t: sigmoid(z) - t):
    z, _ = draw_logits(rng)
    t = rng.integers(0, 2, len(z)).astype(float)
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    return formula(z, t), lambda z: loss(z, torch.tensor(t), reduction="sum"), z, 1


def best_softmax(labels: np.ndarray) -> np.ndarray:
    """The y that minimizes −Σ_{i in labels} log y_i over the simplex: equal shares."""
    return labels / labels.sum()


@derivation_check(
    claim="if k labels are true, −Σ_true log y_i is least where each of them has y_i = 1/k",
    method="bound",
    trials=200,
    tolerance=1e-12,
)
def shared_mass(rng, formula=best_softmax):
    n = int(rng.integers(2, 9))
    labels = np.zeros(n)
    labels[: rng.integers(1, n + 1)] = 1.0
    best = formula(labels)
    true = labels == 1
    if abs(best.sum() - 1) > 1e-12:  # not a distribution: no output of softmax
        return float("inf")
    rival = 0.9 * labels / labels.sum() + 0.1 * rng.dirichlet(np.ones(n))
    return float(np.sum(np.log(rival[true])) - np.sum(np.log(best[true])))
