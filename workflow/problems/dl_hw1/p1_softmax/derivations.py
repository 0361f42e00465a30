"""Deep Learning HW 1, problem 1: the formulas of the chapter, each held against a reference.

Letters as in the chapter: z ∈ ℝⁿ are logits, τ > 0 is the temperature, y = softmax(z/τ), J = ∂y/∂z;
A is d × m, x has m entries, b and the target t have d.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
import torch

from proofsheet.checks import autograd_check, bound_check, derivation_check, equality_check

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


def affine_batch_gradients(
    A: np.ndarray, b: np.ndarray, X: np.ndarray, T: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """RXᵀ and R1 with R = AX + b1ᵀ − T, for N points in the columns of X and T."""
    R = A @ X + b[:, None] - T
    return R @ X.T, R.sum(axis=1)


# Random cases and references --------------------------------------------------------------


def draw_logits(rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """2 to 8 logits, and a temperature between 1/5 and 5 (large gaps over τ included)."""
    return rng.normal(scale=3, size=rng.integers(2, 9)), float(np.exp(rng.uniform(-1, 1) * 1.6))


def torch_jacobian(z: np.ndarray, tau: float) -> np.ndarray:
    """∂ softmax(z/τ)/∂z by reverse mode, row by row."""
    return torch.autograd.functional.jacobian(
        lambda z: torch.softmax(z / tau, dim=0), torch.tensor(z)
    ).numpy()


def central_differences(
    function: Callable[[np.ndarray], np.ndarray], at: np.ndarray, step: float
) -> np.ndarray:
    """∂function/∂at with an error of order step⁴: Richardson's combination of two steps."""

    def derivative(e: np.ndarray) -> np.ndarray:
        coarse = (function(at + 2 * e) - function(at - 2 * e)) / (4 * step)
        fine = (function(at + e) - function(at - e)) / (2 * step)
        return (4 * fine - coarse) / 3

    return np.stack([derivative(step * e) for e in np.eye(len(at))], axis=-1)


# 1.1 The Jacobian -------------------------------------------------------------------------


@equality_check("∂y/∂z = (diag(y) − yyᵀ)/τ", method="autograd", trials=200)
def jacobian(rng, formula=softmax_jacobian):
    z, tau = draw_logits(rng)
    # In units of 1/τ, not of J: where y is all but one-hot, 1 − y_i has only absolute accuracy.
    return formula(softmax(z, tau), tau), torch_jacobian(z, tau), 1 / tau


@equality_check("∂y/∂z = (diag(y) − yyᵀ)/τ", method="finite-difference", trials=200, tolerance=1e-9)
def jacobian_by_differences(rng, formula=softmax_jacobian):
    z, tau = draw_logits(rng)
    # The step follows the scale τ on which softmax varies; the largest entry of J is about 1/τ.
    numerical = central_differences(lambda z: softmax(z, tau), z, step=1e-3 * tau)
    return formula(softmax(z, tau), tau), numerical, 1 / tau


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


@bound_check("‖J‖₂ ≤ 1/(2τ), attained in the limit y → (½, ½, 0, …)", trials=200)
def lipschitz(rng, formula=lambda tau: 1 / (2 * tau)):
    z, tau = draw_logits(rng)
    two_equal = np.full(len(z), -60 * tau)
    two_equal[:2] = 0.0
    drawn, tight = (tau * np.linalg.norm(torch_jacobian(at, tau), 2) for at in (z, two_equal))
    bound = tau * formula(tau)
    return drawn, bound, tight, bound


# 1.1 Cold and hot -------------------------------------------------------------------------


def cold_bounds(n: int, k: int, gap: float, tau: float) -> tuple[float, float]:
    """Bounds on the mass outside k equal maxima, and on ‖J‖₂ where k = 1."""
    outside = (n - k) / k * np.exp(-gap / tau)
    return outside, 2 * outside / tau


@derivation_check(
    claim="with k equal maxima, a gap g below: mass outside ≤ (n − k)/k · e^(−g/τ);"
    " for k = 1, ‖J‖₂ ≤ 2(n − 1)e^(−g/τ)/τ",
    method="bound",
    trials=200,
    tolerance=1e-13,
)
def cold_limit(rng, formula=cold_bounds):
    n, tau, gap = int(rng.integers(3, 9)), rng.uniform(0.1, 1.0), rng.uniform(0.5, 2.0)
    k = int(rng.integers(1, n))
    # All others exactly `gap` below: the first bound then lacks only the factor y_max·k < 1.
    others = np.full(n - k, -gap) if rng.random() < 0.5 else -gap - rng.exponential(size=n - k)
    z = np.concatenate([np.zeros(k), others])
    outside, norm = formula(n, k, gap, tau)
    violation = softmax(z, tau)[k:].sum() - outside
    if k == 1:
        violation = max(violation, (np.linalg.norm(torch_jacobian(z, tau), 2) - norm) * tau)
    return float(violation)


def tied_jacobian(n: int, k: int, tau: float) -> np.ndarray:
    """J as τ → 0 with k equal maxima in front: (I/k − 11ᵀ/k²)/τ on them, 0 elsewhere."""
    J = np.zeros((n, n))
    J[:k, :k] = (np.eye(k) / k - np.ones((k, k)) / k**2) / tau
    return J


@equality_check(
    "with k ≥ 2 equal maxima, τJ → I/k − 11ᵀ/k² on them and 0 elsewhere, as τ → 0",
    method="autograd",
)
def tied_limit(rng, formula=tied_jacobian):
    n = int(rng.integers(3, 9))
    k = int(rng.integers(2, n + 1))
    z = np.concatenate([np.zeros(k), rng.uniform(-2, -1, n - k)])
    tau = 0.02
    return formula(n, k, tau), torch_jacobian(z, tau)


def hot_expansion(z: sympy.Matrix, s: sympy.Symbol) -> tuple[sympy.Matrix, sympy.Matrix]:
    """y and J up to first order in s = 1/τ: 1/n + s(z − z̄)/n and s(I − 11ᵀ/n)/n."""
    n = len(z)
    mean = sum(z) / n
    y = z.applyfunc(lambda entry: sympy.Rational(1, n) + s * (entry - mean) / n)
    return y, s * (sympy.eye(n) - sympy.ones(n, n) / n) / n


@derivation_check(
    claim="as τ → ∞, y = 1/n + (z − z̄1)/(nτ) + O(τ⁻²) and J = (I − 11ᵀ/n)/(nτ) + O(τ⁻²)",
    method="symbolic",
    tolerance=0,
)
def hot_limit(rng, formula=hot_expansion):
    wrong = 0
    for n in (2, 3, 4):
        z = sympy.Matrix(sympy.symbols(f"z1:{n + 1}"))
        s = sympy.Symbol("s")
        total = sum(sympy.exp(s * entry) for entry in z)
        y = z.applyfunc(lambda entry, total=total, s=s: sympy.exp(s * entry) / total)
        # Of the softmax itself and of its own Jacobian: value and slope at s = 0.
        for exact, expansion in zip((y, y.jacobian(z)), formula(z, s), strict=True):
            remainder = exact - expansion
            orders = (remainder.subs(s, 0), remainder.diff(s).subs(s, 0))
            wrong += sum(sympy.simplify(entry) != 0 for part in orders for entry in part)
    return wrong


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


@autograd_check("for N points in columns, R = AX + b1ᵀ − T: ∇_A ½‖R‖_F² = RXᵀ and ∇_b ½‖R‖_F² = R1")
def batch_gradients(rng, formula=affine_batch_gradients):
    d, m, N = rng.integers(1, 6, 3)
    A, b, X, T = (rng.standard_normal(shape) for shape in ((d, m), d, (m, N), (d, N)))
    return formula(A, b, X, T), lambda A, b: half_square(A, b[:, None], X, T), (A, b)


@equality_check("one step of length α along −∇f turns r into (1 − α(‖x‖² + 1)) r")
def one_step(rng, formula=lambda alpha, x: 1 - alpha * (x @ x + 1)):
    A, b, x, t = draw_affine(rng)
    alpha = rng.uniform(0, 2) / (x @ x + 1)
    of_A, of_b = affine_gradients(A, b, x, t)
    after = (A - alpha * of_A) @ x + (b - alpha * of_b) - t
    before = A @ x + b - t
    return after, formula(alpha, x) * before, np.max(np.abs(before))


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
    """The y that minimises −Σ_{i in labels} log y_i over the simplex: equal shares."""
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
