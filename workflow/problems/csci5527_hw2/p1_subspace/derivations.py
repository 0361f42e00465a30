"""CSCI 5527 HW 2, problem 1: the formulas of the chapter, each held against a reference.

Letters as in the chapter: S = XᵀX/m has eigenvalues λ_1 ≥ … ≥ λ_n with eigenvectors u_1, …, u_n;
M = AAᵀ; P is the orthogonal projector onto the columns of A.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np
import scipy.linalg
import scipy.optimize
import torch

from problems.csci5527_hw2.p1_subspace.model import (
    autoencoder_gradient,
    autoencoder_loss,
    certified_difference,
    factorization_gradients,
    factorization_loss,
    pca_basis,
    projector,
    projector_difference,
)
from proofsheet.checks import (
    autograd_check,
    autograd_gradients,
    derivation_check,
    equality_check,
    relative_error,
)

POINTS, DIMENSIONS, RANK = 12, 5, 2


# Random cases and references --------------------------------------------------------------


def orthonormal(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Random orthonormal columns."""
    return np.linalg.qr(rng.standard_normal((rows, columns)))[0]


def draw_points(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points X with well-separated eigenvalues: X, their λ (largest first) and u (columns)."""
    eigenvalues = np.cumsum(rng.uniform(0.5, 1.5, DIMENSIONS))[::-1]
    eigenvectors = orthonormal(rng, DIMENSIONS, DIMENSIONS)
    left = orthonormal(rng, POINTS, DIMENSIONS)
    return (left * np.sqrt(POINTS * eigenvalues)) @ eigenvectors.T, eigenvalues, eigenvectors


def torch_autoencoder(X: torch.Tensor, A: torch.Tensor) -> torch.Tensor:
    """f as the problem states it."""
    return torch.linalg.matrix_norm(X - X @ A @ A.T) ** 2 / len(X)


def torch_factorization(X: torch.Tensor, A: torch.Tensor, Z: torch.Tensor) -> torch.Tensor:
    """g as the problem states it."""
    return torch.linalg.matrix_norm(X - Z @ A.T) ** 2


def second_derivative(curve: Callable[[torch.Tensor], torch.Tensor]) -> float:
    """φ''(0) of a scalar function of a scalar, by differentiating twice."""
    t = torch.zeros((), dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(curve(t), t, create_graph=True)
    (second,) = torch.autograd.grad(first, t)
    return float(second)


def draw_subset(rng: np.random.Generator, size: int) -> tuple[list[int], list[int]]:
    """A random set of `size` eigenvectors, and the rest."""
    order = rng.permutation(DIMENSIONS)
    return sorted(order[:size]), sorted(order[size:])


def critical_point(
    gradient: Callable[[np.ndarray], np.ndarray], draw_start: Callable[[], np.ndarray]
) -> np.ndarray:
    """A root of the gradient, minimum or saddle: least squares does not tell them apart."""
    for _ in range(20):
        start = draw_start()
        found = scipy.optimize.least_squares(
            lambda flat, shape=start.shape: gradient(flat.reshape(shape)).ravel(),
            start.ravel(),
            xtol=1e-15,
            ftol=1e-15,
            gtol=1e-15,
            max_nfev=500,
        )
        if np.max(np.abs(found.fun)) < 1e-10:
            return found.x.reshape(start.shape)
    raise AssertionError("no critical point found from twenty starts")


# (a) PCA ----------------------------------------------------------------------------------


@equality_check("for orthonormal U, the Z that minimizes ‖X − ZUᵀ‖² is Z = XU", trials=50)
def pca_coefficients(rng, formula=lambda X, U: X @ U):
    X, U = rng.standard_normal((POINTS, DIMENSIONS)), orthonormal(rng, DIMENSIONS, RANK)
    return formula(X, U), np.linalg.lstsq(U, X.T)[0].T


@equality_check("with A₁ = (u₁ … u_r), f(A₁) = λ_{r+1} + … + λ_n", trials=50)
def pca_loss(rng, formula=lambda eigenvalues, r: eigenvalues[r:].sum()):
    X = rng.standard_normal((POINTS, DIMENSIONS))
    # LAPACK's symmetric eigensolver, where `pca_basis` takes singular vectors.
    eigenvalues = scipy.linalg.eigh(X.T @ X / POINTS, eigvals_only=True)[::-1]
    return autoencoder_loss(X, pca_basis(X, RANK)), formula(eigenvalues, RANK)


def excess_bound(gap: float, squared_difference: float) -> float:
    """Least excess loss of a subspace with ‖P − P₁‖² = squared_difference."""
    return gap * squared_difference / 2


@derivation_check(
    claim="f(A) − f(A₁) ≥ ½(λ_r − λ_{r+1})‖P − P₁‖², also for rank A < r, and the same for g/m",
    method="bound",
    trials=200,
    tolerance=1e-13,
)
def subspace_bound(rng, formula=excess_bound):
    X, eigenvalues, u = draw_points(rng)
    gap, best = eigenvalues[RANK - 1] - eigenvalues[RANK], eigenvalues[RANK:].sum()
    angle = rng.uniform(0, np.pi)
    # Where the bound is an equality: only u_r turned, toward u_{r+1}.
    turned = np.cos(angle) * u[:, RANK - 1] + np.sin(angle) * u[:, RANK]
    tight = np.column_stack([u[:, : RANK - 1], turned])
    anywhere = rng.standard_normal((DIMENSIONS, RANK)) * rng.uniform(0.1, 2)
    near = u[:, :RANK] + 0.1 * rng.standard_normal((DIMENSIONS, RANK))
    deficient = near.copy()
    deficient[:, -1] = 0
    worst = 0.0
    for A in (tight, anywhere, near, deficient):
        squared = np.linalg.norm(projector(A) - projector(u[:, :RANK])) ** 2
        fitted, drawn = X @ np.linalg.pinv(A).T, rng.standard_normal((POINTS, RANK))
        losses = [autoencoder_loss(X, A)]
        losses += [factorization_loss(X, A, Z) / POINTS for Z in (fitted, drawn)]
        violation = formula(gap, squared) - (min(losses) - best)
        worst = max(worst, violation / eigenvalues.sum())
    return worst


@derivation_check(
    claim="‖P − P₁‖/‖P₁‖ ≤ √(2(f(A) − f(A₁)) / (r(λ_r − λ_{r+1})))",
    method="bound",
    trials=200,
    tolerance=1e-10,
)
def difference_certificate(rng, formula=certified_difference):
    X, eigenvalues, u = draw_points(rng)
    gap, best = eigenvalues[RANK - 1] - eigenvalues[RANK], eigenvalues[RANK:].sum()
    angle = rng.uniform(0.1, np.pi / 2)
    turned = np.cos(angle) * u[:, RANK - 1] + np.sin(angle) * u[:, RANK]
    tight = np.column_stack([u[:, : RANK - 1], turned])
    worst = 0.0
    for A in (tight, rng.standard_normal((DIMENSIONS, RANK))):
        bound = formula(autoencoder_loss(X, A) - best, gap, RANK)
        worst = max(worst, projector_difference(A, u[:, :RANK]) - bound)
    return worst


@equality_check(
    "‖A₁A₁† − A₂A₂†‖ / ‖A₂A₂†‖ = √(2 Σ sin²θᵢ / r), whatever the bases of the two subspaces",
    tolerance=1e-10,
)
def projector_metric(rng, formula=projector_difference):
    U, V = orthonormal(rng, DIMENSIONS, RANK), orthonormal(rng, DIMENSIONS, RANK)
    angles = scipy.linalg.subspace_angles(U, V)
    expected = np.sqrt(2 * np.sum(np.sin(angles) ** 2) / RANK)
    A, B = (basis @ rng.standard_normal((RANK, RANK)) for basis in (U, V))
    return formula(A, B), expected


# (b) The autoencoder ----------------------------------------------------------------------


@autograd_check("∇f(A) = −(2/m)(XᵀR + RᵀX)A with R = X − XAAᵀ")
def autoencoder_gradient_formula(rng, formula=autoencoder_gradient):
    X, A = rng.standard_normal((POINTS, DIMENSIONS)), rng.standard_normal((DIMENSIONS, RANK))
    return formula(X, A), partial(torch_autoencoder, torch.tensor(X)), A


@equality_check("f(AQ) = f(A) for orthogonal Q")
def autoencoder_invariance(rng, formula=lambda A, Q: A @ Q):
    X, A = rng.standard_normal((POINTS, DIMENSIONS)), rng.standard_normal((DIMENSIONS, RANK))
    Q = orthonormal(rng, RANK, RANK)
    return autoencoder_loss(X, formula(A, Q)), autoencoder_loss(X, A)


@equality_check("½f(A₁) + ½f(−A₁) − f(0) = −(λ₁ + … + λ_r) < 0: f is not convex", trials=50)
def autoencoder_nonconvex(rng, formula=lambda eigenvalues, r: -eigenvalues[:r].sum()):
    X, eigenvalues, u = draw_points(rng)
    A = u[:, :RANK]
    chord = (autoencoder_loss(X, A) + autoencoder_loss(X, -A)) / 2
    return chord - autoencoder_loss(X, np.zeros_like(A)), formula(eigenvalues, RANK)


@derivation_check(
    claim="∇f(U_I Qᵀ) = 0 and f(U_I Qᵀ) = Σ_{i∉I} λ_i, for each set I of at most r eigenvectors",
    method="exhaustive",
    trials=20,
    tolerance=1e-12,
)
def autoencoder_critical_points(rng, formula=lambda U, Q: U @ Q.T):
    X, eigenvalues, u = draw_points(rng)
    worst = 0.0
    for size in range(RANK + 1):
        for subset in combinations(range(DIMENSIONS), size):
            A = formula(u[:, list(subset)], orthonormal(rng, RANK, size))
            (gradient,) = autograd_gradients(partial(torch_autoencoder, torch.tensor(X)), A)
            expected = eigenvalues.sum() - eigenvalues[list(subset)].sum()
            error = relative_error(autoencoder_loss(X, A), expected)
            worst = max(worst, error, np.max(np.abs(gradient)) / eigenvalues.sum())
    return worst


def projector_and_invariance(S: np.ndarray, A: np.ndarray) -> list[np.ndarray]:
    """What vanishes at a critical point of f: M² − M and (I − M)SM."""
    M = A @ A.T
    return [M @ M - M, (S @ M - M @ S @ M) / np.trace(S)]


@derivation_check(
    claim="wherever ∇f(A) = 0, AAᵀ is a projector (M² = M) and its range is invariant under S",
    method="reference",
    trials=100,
    tolerance=1e-9,
)
def autoencoder_no_other_critical_points(rng, formula=projector_and_invariance):
    X, eigenvalues, _ = draw_points(rng)
    S = X.T @ X / POINTS

    # Columns of unequal length at the start lead to sets I of every size.
    A = critical_point(
        lambda A: autoencoder_gradient(X, A) / eigenvalues.sum(),
        lambda: rng.standard_normal((DIMENSIONS, RANK)) * rng.choice([0.05, 0.5], RANK),
    )
    return max(np.max(np.abs(residual)) for residual in formula(S, A))


@equality_check(
    "at U_I Qᵀ with |I| < r, in the direction u_j qᵀ with Qᵀq = 0: φ''(0) = −4λ_j",
    method="autograd",
    tolerance=1e-10,
)
def autoencoder_rank_saddle(rng, formula=lambda eigenvalue: -4 * eigenvalue):
    X, eigenvalues, u = draw_points(rng)
    inside, outside = draw_subset(rng, RANK - 1)
    right = orthonormal(rng, RANK, RANK)
    j = rng.choice(outside)
    points = torch.tensor(X)
    base = torch.tensor(u[:, inside] @ right[:, :-1].T)
    direction = torch.tensor(np.outer(u[:, j], right[:, -1]))
    curvature = second_derivative(lambda t: torch_autoencoder(points, base + t * direction))
    return formula(eigenvalues[j]), curvature


# The line search --------------------------------------------------------------------------


def guaranteed_step(lipschitz: float, decrease: float) -> float:
    """Every step up to this one meets the Armijo condition with c = `decrease`."""
    return 2 * (1 - decrease) / lipschitz


@derivation_check(
    claim="t ≤ 2(1 − c)/L implies f(A − t∇f) ≤ f(A) − c t ‖∇f‖²",
    method="bound",
    trials=200,
    tolerance=1e-10,
)
def armijo_step(rng, formula=guaranteed_step):
    X, _, u = draw_points(rng)
    # Far from a minimizer, and so near that φ is almost a parabola and the bound almost tight.
    spread = rng.choice([1.0, 1e-3])
    A = u[:, :RANK] + spread * rng.standard_normal((DIMENSIONS, RANK))
    G = autoencoder_gradient(X, A)
    squared, c = np.vdot(G, G), rng.choice([1e-4, 0.1, 0.3])

    # φ(t) = f(A − tG) is a quartic. Its coefficients, from those of the residual in t:
    residuals = [X - X @ A @ A.T, X @ (A @ G.T + G @ A.T), -X @ G @ G.T]
    coefficients = np.zeros(5)
    for i, left in enumerate(residuals):
        for j, right in enumerate(residuals):
            coefficients[i + j] += np.vdot(left, right) / POINTS
    phi = np.polynomial.Polynomial(coefficients)
    curvature = phi.deriv(2)

    worst = 0.0
    for end in np.geomspace(1e-4, 1, 30):
        # L on the segment from A to A − end·G, along it: the largest φ'' there over ‖G‖².
        candidates = np.array([0.0, end, *(np.real(t) for t in curvature.deriv().roots())])
        inside = candidates[(candidates >= 0) & (candidates <= end)]
        step = min(end, formula(curvature(inside).max() / squared, c))
        violation = phi(step) - phi(0) + c * step * squared
        worst = max(worst, violation / (step * squared))
    return worst


# (c) The factorization --------------------------------------------------------------------


def draw_factors(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    X = rng.standard_normal((POINTS, DIMENSIONS))
    return X, rng.standard_normal((DIMENSIONS, RANK)), rng.standard_normal((POINTS, RANK))


@autograd_check("∂g/∂A = −2RᵀZ with R = X − ZAᵀ")
def factorization_gradient_a(rng, formula=lambda X, A, Z: factorization_gradients(X, A, Z)[0]):
    X, A, Z = draw_factors(rng)
    loss = lambda A: torch_factorization(torch.tensor(X), A, torch.tensor(Z))  # noqa: E731
    return formula(X, A, Z), loss, A


@autograd_check("∂g/∂Z = −2RA with R = X − ZAᵀ")
def factorization_gradient_z(rng, formula=lambda X, A, Z: factorization_gradients(X, A, Z)[1]):
    X, A, Z = draw_factors(rng)
    loss = lambda Z: torch_factorization(torch.tensor(X), torch.tensor(A), Z)  # noqa: E731
    return formula(X, A, Z), loss, Z


@equality_check("g(AR, ZR⁻ᵀ) = g(A, Z) for invertible R", tolerance=1e-10)
def factorization_invariance(rng, formula=lambda A, Z, R: (A @ R, Z @ np.linalg.inv(R).T)):
    X, A, Z = draw_factors(rng)
    R = rng.standard_normal((RANK, RANK)) + 2 * np.eye(RANK)
    return factorization_loss(X, *formula(A, Z, R)), factorization_loss(X, A, Z)


@equality_check(
    "½g(A₁, XA₁) + ½g(−A₁, −XA₁) − g(0, 0) = −m(λ₁ + … + λ_r) < 0: g is not convex", trials=50
)
def factorization_nonconvex(rng, formula=lambda eigenvalues, r, m: -m * eigenvalues[:r].sum()):
    X, eigenvalues, u = draw_points(rng)
    A = u[:, :RANK]
    chord = (factorization_loss(X, A, X @ A) + factorization_loss(X, -A, -X @ A)) / 2
    origin = factorization_loss(X, np.zeros_like(A), np.zeros((POINTS, RANK)))
    return chord - origin, formula(eigenvalues, RANK, POINTS)


@derivation_check(
    claim="wherever ∇g(A, Z) = 0, ZAᵀ = XP, and the range of P is invariant under S",
    method="reference",
    trials=40,
    tolerance=1e-8,
)
def factorization_critical_points(rng, formula=lambda X, P: X @ P):
    X, _, _ = draw_points(rng)
    X /= np.linalg.norm(X)
    stacked = critical_point(
        lambda AZ: np.vstack(factorization_gradients(X, AZ[:DIMENSIONS], AZ[DIMENSIONS:])),
        lambda: 0.5 * rng.standard_normal((DIMENSIONS + POINTS, RANK)),
    )
    A, Z = np.split(stacked, [DIMENSIONS])
    # Saddles of lower rank are found only up to rounding: their rank is a numerical one.
    S, P = X.T @ X, A @ np.linalg.pinv(A, rcond=1e-4)
    invariance = np.max(np.abs(S @ P - P @ S @ P))
    return max(relative_error(Z @ A.T, formula(X, P)), invariance)


@equality_check(
    "at |I| = r, turning u_i (i ∈ I) toward u_j (j ∉ I): d²f/dθ² = d²(g/m)/dθ² = −2(λ_j − λ_i)",
    method="autograd",
    tolerance=1e-10,
)
def turning_saddle(rng, formula=lambda inside, outside: -2 * (outside - inside)):
    X, eigenvalues, u = draw_points(rng)
    inside, outside = draw_subset(rng, RANK)
    i, j = rng.integers(RANK), rng.choice(outside)
    Q = torch.tensor(orthonormal(rng, RANK, RANK))
    W = torch.tensor(rng.standard_normal((RANK, RANK)) + 2 * np.eye(RANK))
    points, basis, toward = torch.tensor(X), torch.tensor(u[:, inside]), torch.tensor(u[:, j])

    def turned(angle: torch.Tensor) -> torch.Tensor:
        columns = list(basis.T)
        columns[i] = torch.cos(angle) * columns[i] + torch.sin(angle) * toward
        return torch.stack(columns, dim=1)

    def f(angle: torch.Tensor) -> torch.Tensor:
        return torch_autoencoder(points, turned(angle) @ Q)

    def g_over_m(angle: torch.Tensor) -> torch.Tensor:
        U = turned(angle)
        return torch_factorization(points, U @ W, points @ U @ torch.linalg.inv(W).T) / POINTS

    expected = formula(eigenvalues[inside][i], eigenvalues[j])
    return [expected, expected], [second_derivative(f), second_derivative(g_over_m)]


@equality_check(
    "where Aq = 0 and ∇g = 0, along (t v qᵀ, αt w qᵀ), ‖v‖ = 1: φ''(0) = 2‖Zq‖² − 4α wᵀRv",
    method="autograd",
    tolerance=1e-9,
)
def factorization_rank_saddle(
    rng, formula=lambda Z, q, R, v, w, a: 2 * np.sum((Z @ q) ** 2) - 4 * a * w @ R @ v
):
    X, _, u = draw_points(rng)
    inside, _ = draw_subset(rng, RANK - 1)
    right = orthonormal(rng, RANK, RANK)
    basis, q = u[:, inside], right[:, -1]
    lengths = rng.uniform(0.5, 2, RANK - 1)
    A = (basis * lengths) @ right[:, :-1].T
    # Z is free along q, where A vanishes, as long as RᵀZ = 0: any combination of XU_I will do.
    Z = (X @ basis / lengths) @ right[:, :-1].T
    Z += np.outer(X @ basis @ rng.standard_normal(RANK - 1), q)
    if max(np.max(np.abs(part)) for part in factorization_gradients(X, A, Z)) > 1e-9:
        raise AssertionError("the case is not a critical point")
    v, w = orthonormal(rng, DIMENSIONS, 1)[:, 0], orthonormal(rng, POINTS, 1)[:, 0]
    a = rng.uniform(0, 2)
    points, left, right_factor = (torch.tensor(array) for array in (X, A, Z))
    move_left, move_right = torch.tensor(np.outer(v, q)), torch.tensor(a * np.outer(w, q))
    curvature = second_derivative(
        lambda t: torch_factorization(points, left + t * move_left, right_factor + t * move_right)
    )
    return formula(Z, q, X - Z @ A.T, v, w, a), curvature
