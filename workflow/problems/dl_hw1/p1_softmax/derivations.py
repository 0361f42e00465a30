"""Deep Learning HW 1, problem 1: the formulas of the chapter, each proved at random points.

Letters as in the chapter: z ∈ ℝⁿ are logits, τ > 0 is the temperature, y = softmax(z/τ), J = ∂y/∂z;
A is d × m, x has m entries, b and the target t have d.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from proofsheet.checks import exact_check, exact_gradient_check
from proofsheet.exact import Draw, Number, derivative

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


# Random points ----------------------------------------------------------------------------


def draw_logits(draw: Draw) -> tuple[np.ndarray, Number]:
    """Logits z = τu of 2 to 4 classes, so that exp(z/τ) = exp(u), and τ."""
    tau = draw()
    return tau * draw.logits(int(draw.rng.integers(2, 5))), tau


def draw_affine(draw: Draw) -> list[np.ndarray]:
    """A (d × m), b, x and t."""
    d, m = draw.rng.integers(1, 5, 2)
    return [draw(*shape) for shape in ((d, m), (d,), (m,), (d,))]


def half_square(A: np.ndarray, b: np.ndarray, x: np.ndarray, t: np.ndarray) -> Number:
    """½‖Ax + b − t‖²."""
    return ((A @ x + b - t) ** 2).sum() / 2


# 1.1 The Jacobian -------------------------------------------------------------------------


@exact_check("∂y/∂z = (diag(y) − yyᵀ)/τ", ordered=True)
def jacobian(draw, formula=softmax_jacobian):
    z, tau = draw_logits(draw)
    columns = [derivative(lambda z: softmax(z, tau), z, e) for e in np.eye(len(z), dtype=int)]
    return formula(softmax(z, tau), tau), np.stack(columns, axis=1)


@exact_gradient_check("Jᵀg = y ⊙ (g − yᵀg)/τ", ordered=True)
def vector_jacobian_product(draw, formula=softmax_backward):
    z, tau = draw_logits(draw)
    g = draw(len(z))
    return formula(softmax(z, tau), g, tau), lambda z: g @ softmax(z, tau), z


def spread(u: np.ndarray, y: np.ndarray, tau: float) -> float:
    """Var_y(u)/τ: the variance of u_i when i is drawn with probability y_i."""
    return y @ (u - y @ u) ** 2 / tau


@exact_check("uᵀJu = Var_{i∼y}(u_i)/τ ≥ 0", ordered=True)
def quadratic_form(draw, formula=spread):
    z, tau = draw_logits(draw)
    u = draw(len(z))
    return formula(u, softmax(z, tau), tau), u @ derivative(lambda z: softmax(z, tau), z, u)


def sum_of_squares(u: np.ndarray, y: np.ndarray, tau: float) -> float:
    """Σ_{i<j} y_i y_j (u_i − u_j)²/τ."""
    pairs = combinations(range(len(y)), 2)
    return sum(y[i] * y[j] * (u[i] - u[j]) ** 2 for i, j in pairs) / tau


@exact_check(
    "uᵀJu = Σ_{i<j} y_i y_j (u_i − u_j)²/τ, which is 0 for u ∈ span{1} only; and J1 = 0",
    ordered=True,
)
def null_space(draw, formula=sum_of_squares):
    z, tau = draw_logits(draw)
    u, one = draw(len(z)), np.ones(len(z), dtype=int)
    along = [derivative(lambda z: softmax(z, tau), z, direction) for direction in (u, one)]
    return (formula(u, softmax(z, tau), tau), along[1]), (u @ along[0], 0 * one)


# 1.2 The affine map -----------------------------------------------------------------------


@exact_gradient_check("∇_A ½‖Ax + b − t‖² = (Ax + b − t)xᵀ")
def gradient_of_A(draw, formula=lambda A, b, x, t: affine_gradients(A, b, x, t)[0]):
    A, b, x, t = draw_affine(draw)
    return formula(A, b, x, t), lambda A: half_square(A, b, x, t), A


@exact_gradient_check("∇_b ½‖Ax + b − t‖² = Ax + b − t")
def gradient_of_b(draw, formula=lambda A, b, x, t: affine_gradients(A, b, x, t)[1]):
    A, b, x, t = draw_affine(draw)
    return formula(A, b, x, t), lambda b: half_square(A, b, x, t), b


# 1.3 Softmax and sigmoid ------------------------------------------------------------------


def sigmoid(a: np.ndarray) -> np.ndarray:
    """σ(a) = 1/(1 + e^(−a)), computed without overflow."""
    return 0.5 * (1 + np.tanh(a / 2))


@exact_check("with two classes, softmax_τ(z)₁ = σ((z₁ − z₂)/τ)", ordered=True)
def two_classes(draw, formula=lambda z, tau: sigmoid((z[0] - z[1]) / tau)):
    # Twice a logit, of which half has an exponential.
    u, tau = 2 * draw.logits(2), draw()
    return formula(tau * u, tau), softmax(tau * u, tau)[0]


@exact_gradient_check("∂(−log y_k)/∂z = (y − e_k)/τ", ordered=True)
def categorical_gradient(draw, formula=lambda y, e, tau: (y - e) / tau):
    z, tau = draw_logits(draw)
    k = int(draw.rng.integers(len(z)))
    e = np.eye(len(z), dtype=int)[k]
    return formula(softmax(z, tau), e, tau), lambda z: -np.log(softmax(z, tau)[k]), z


@exact_gradient_check(
    "∂(−Σ_i [t_i log σ(z_i) + (1 − t_i) log(1 − σ(z_i))])/∂z = σ(z) − t, for any t_i"
)
def bernoulli_gradient(draw, formula=lambda z, t: sigmoid(z) - t):
    z, t = 2 * draw.logits(3), draw(3)

    def loss(z: np.ndarray) -> Number:
        p = 1 / (1 + np.exp(-z))
        return -(t * np.log(p) + (1 - t) * np.log(1 - p)).sum()

    return formula(z, t), loss, z


@exact_check(
    "if k labels are true, −Σ_true log y_i is least where each has y_i = 1/k: its slope there"
    " along v is −k Σ_true v_i ≥ 0, and its curvature anywhere Σ_true (v_i/y_i)²"
)
def shared_mass(draw, formula=lambda labels: labels / labels.sum()):
    k = int(draw.rng.integers(2, 5))
    best = formula(np.append(np.ones(k, dtype=int), np.zeros(2, dtype=int)))
    y, v = draw(k), draw(k)
    loss = lambda y: -np.log(y).sum()  # noqa: E731
    slope, curvature = derivative(loss, best[:k], v), derivative(loss, y, v, order=2)
    return (best.sum(), slope, curvature), (1, -k * v.sum(), np.sum((v / y) ** 2))
