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


@equality_check("for orthonormal U, the Z that minimises ‖X − ZUᵀ‖² is Z = XU", trials=50)
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
    # Where the bound is an equality: only u_r turned, towards u_{r+1}.
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


def split_loss(S: np.ndarray, W: np.ndarray, d: np.ndarray) -> float:
    """f(W diag(d) Qᵀ): what the subspace W leaves, and what wrong lengths d add."""
    T = W.T @ S @ W
    return np.trace(S) - np.trace(T) + np.sum(np.diag(T) * (1 - d**2) ** 2)


@equality_check("for A = W D Qᵀ and T = WᵀSW, f(A) = tr S − tr T + Σ T_ii (1 − d_i²)²")
def loss_split(rng, formula=split_loss):
    X = rng.standard_normal((POINTS, DIMENSIONS))
    W, Q = orthonormal(rng, DIMENSIONS, RANK), orthonormal(rng, RANK, RANK)
    d = rng.uniform(0, 2, RANK)
    return formula(X.T @ X / POINTS, W, d), autoencoder_loss(X, (W * d) @ Q.T)


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


def hessian_form(inside: np.ndarray, outside: np.ndarray, C: np.ndarray, B: np.ndarray) -> float:
    """φ''(0) of f(U_I + t(U_I C + U_J B)), λ being `inside` on I and `outside` on the rest J."""
    turning = np.sum((inside[None, :] - outside[:, None]) * B**2)
    stretching = np.sum(inside[:, None] * (C + C.T) ** 2)
    return 2 * (turning + stretching)


@equality_check(
    "at U_I, |I| = r: φ''(0) = 2 Σ_{i∈I, j∉I} (λ_i − λ_j) B_ji² + 2 tr(Λ_I (C + Cᵀ)²)",
    method="autograd",
    tolerance=1e-10,
)
def autoencoder_hessian(rng, formula=hessian_form):
    X, eigenvalues, u = draw_points(rng)
    inside, outside = draw_subset(rng, RANK)
    C, B = rng.standard_normal((RANK, RANK)), rng.standard_normal((DIMENSIONS - RANK, RANK))
    base, direction = u[:, inside], u[:, inside] @ C + u[:, outside] @ B
    points, base, direction = (torch.tensor(array) for array in (X, base, direction))
    curvature = second_derivative(lambda t: torch_autoencoder(points, base + t * direction))
    return formula(eigenvalues[inside], eigenvalues[outside], C, B), curvature


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


@derivation_check(
    claim="at A = d u_i, in the direction of u_j: φ''(0) = 2(d²λ_i − (2 − d²)λ_j)",
    method="autograd",
    trials=100,
    tolerance=1e-9,
)
def overlong_column(
    rng,
    formula=lambda length, inside, outside: 2 * (length**2 * inside - (2 - length**2) * outside),
):
    X, eigenvalues, u = draw_points(rng)
    i, j = rng.choice(DIMENSIONS, 2, replace=False)
    length = rng.uniform(0, 2)
    points, column, direction = (torch.tensor(array) for array in (X, u[:, [i]], u[:, [j]]))
    curvature = second_derivative(
        lambda t: torch_autoencoder(points, length * column + t * direction)
    )
    error = formula(length, eigenvalues[i], eigenvalues[j]) - curvature
    return abs(error) / eigenvalues[0]


def overlong_steps(ratio: float) -> float:
    """Steps in which a column d u_i shortens from d = 2 to √2, with λ_i = ratio · λ_1."""
    return np.log(3 / 2) / (2 * ratio)


@equality_check(
    "from A = 2u_i, steps of 1/(4λ₁) reach ‖A‖ = √2 after about ½ ln(3/2) λ₁/λ_i, λ_i ≪ λ₁",
    trials=20,
    tolerance=1e-2,
)
def overlong_column_shortens_slowly(rng, formula=overlong_steps):
    ratio = 10 ** rng.uniform(-3.5, -3)
    eigenvalues = np.array([*rng.uniform(0.5, 1, DIMENSIONS - 1), ratio])
    eigenvalues[0] = 1
    u = orthonormal(rng, DIMENSIONS, DIMENSIONS)
    X = orthonormal(rng, POINTS, DIMENSIONS) * np.sqrt(POINTS * eigenvalues) @ u.T
    A, steps = 2 * u[:, -1:], 0
    while np.vdot(A, A) > 2:
        A = A - autoencoder_gradient(X, A) / 4
        steps += 1
    return steps, formula(ratio)


def hessian_spectrum(eigenvalues: np.ndarray, r: int) -> np.ndarray:
    """All nr eigenvalues of ∇²f(A₁), ascending."""
    kept, lost = eigenvalues[:r], eigenvalues[r:]
    turning = 2 * (kept[None, :] - lost[:, None]).ravel()
    stretching = 4 * (kept[:, None] + kept[None, :])[np.triu_indices(r)]
    rotating = np.zeros(r * (r - 1) // 2)
    return np.sort(np.concatenate([turning, stretching, rotating]))


@equality_check(
    "∇²f(A₁) has eigenvalues 2(λ_i − λ_j), 4(λ_i + λ_k), i ≤ k ≤ r < j, and r(r−1)/2 zeros",
    method="autograd",
    trials=20,
    tolerance=1e-10,
)
def autoencoder_hessian_spectrum(rng, formula=hessian_spectrum):
    X, eigenvalues, u = draw_points(rng)
    points, minimiser = torch.tensor(X), torch.tensor(u[:, :RANK].copy())
    hessian = torch.autograd.functional.hessian(lambda A: torch_autoencoder(points, A), minimiser)
    size = DIMENSIONS * RANK
    spectrum = np.linalg.eigvalsh(hessian.reshape(size, size).numpy())
    return formula(eigenvalues, RANK), spectrum


def difference_estimate(gradient_norm: float, gap: float, r: int) -> float:
    """Projector difference that a small gradient allows, to first order."""
    return gradient_norm / (np.sqrt(2 * r) * gap)


@derivation_check(
    claim="near a minimiser, ‖P − P₁‖/‖P₁‖ ≤ ‖∇f(A)‖ / (√(2r)(λ_r − λ_{r+1})) to first order",
    method="bound",
    trials=100,
    tolerance=1e-3,
)
def stopping_estimate(rng, formula=difference_estimate):
    X, eigenvalues, u = draw_points(rng)
    gap, small = eigenvalues[RANK - 1] - eigenvalues[RANK], 1e-6
    anywhere = rng.standard_normal((DIMENSIONS, RANK))
    tight = np.outer(u[:, RANK], np.eye(RANK)[-1])  # only u_r turned, towards u_{r+1}
    worst = 0.0
    for direction in (anywhere, tight):
        A = (u[:, :RANK] + small * direction) @ orthonormal(rng, RANK, RANK)
        estimate = formula(np.linalg.norm(autoencoder_gradient(X, A)), gap, RANK)
        worst = max(worst, projector_difference(A, u[:, :RANK]) / estimate - 1)
    return worst


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
    # Far from a minimiser, and so near that φ is almost a parabola and the bound almost tight.
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
    "at |I| = r, turning u_i (i ∈ I) towards u_j (j ∉ I): d²g/dθ² = −2m(λ_j − λ_i)",
    method="autograd",
    tolerance=1e-10,
)
def factorization_rotation_saddle(rng, formula=lambda inside, outside: -2 * (outside - inside)):
    X, eigenvalues, u = draw_points(rng)
    inside, outside = draw_subset(rng, RANK)
    i, j = rng.integers(RANK), rng.choice(outside)
    W = torch.tensor(rng.standard_normal((RANK, RANK)) + 2 * np.eye(RANK))
    points, basis, towards = torch.tensor(X), torch.tensor(u[:, inside]), torch.tensor(u[:, j])

    def along(angle: torch.Tensor) -> torch.Tensor:
        columns = list(basis.T)
        columns[i] = torch.cos(angle) * columns[i] + torch.sin(angle) * towards
        turned = torch.stack(columns, dim=1)
        return torch_factorization(points, turned @ W, points @ turned @ torch.linalg.inv(W).T)

    expected = POINTS * formula(eigenvalues[inside][i], eigenvalues[j])
    return second_derivative(along), expected


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


def balance_change(step: float, G_A: np.ndarray, G_Z: np.ndarray) -> np.ndarray:
    """Change of AᵀA − ZᵀZ in one step of gradient descent on g: of second order."""
    return step**2 * (G_A.T @ G_A - G_Z.T @ G_Z)


@equality_check(
    "a step t of descent on g changes AᵀA − ZᵀZ by t²(G_AᵀG_A − G_ZᵀG_Z), nothing of order t",
    method="autograd",
    tolerance=1e-10,
)
def balance(rng, formula=balance_change):
    X, A, Z = draw_factors(rng)
    G_A, G_Z = autograd_gradients(partial(torch_factorization, torch.tensor(X)), A, Z)
    step = rng.uniform(0.01, 0.1)
    A_next, Z_next = A - step * G_A, Z - step * G_Z
    change = (A_next.T @ A_next - Z_next.T @ Z_next) - (A.T @ A - Z.T @ Z)
    return formula(step, G_A, G_Z), change


def factorization_spectrum(singular_values: np.ndarray, m: int, r: int) -> np.ndarray:
    """All (n + m)r eigenvalues of ∇²g at a balanced minimiser, ascending."""
    kept, lost = singular_values[:r], singular_values[r:]
    turning = np.stack([kept[:, None] - lost, kept[:, None] + lost])
    free = np.repeat(kept, m - len(singular_values))
    stretching, rotating = kept[:, None] + kept, np.zeros(r * r)
    parts = (turning, free, stretching, rotating)
    return np.sort(2 * np.concatenate([part.ravel() for part in parts]))


@equality_check(
    "at minimisers with AᵀA = ZᵀZ, ∇²g has eigenvalues 2(σ_i ± σ_j), 2(σ_i + σ_k), 2σ_i, 0",
    method="autograd",
    trials=10,
    tolerance=1e-10,
)
def factorization_hessian_spectrum(rng, formula=factorization_spectrum):
    X, eigenvalues, u = draw_points(rng)
    singular_values = np.sqrt(POINTS * eigenvalues)
    A = u[:, :RANK] * np.sqrt(singular_values[:RANK])
    Z = X @ u[:, :RANK] / np.sqrt(singular_values[:RANK])
    points = torch.tensor(X)
    hessian = torch.autograd.functional.hessian(
        lambda AZ: torch_factorization(points, AZ[:DIMENSIONS], AZ[DIMENSIONS:]),
        torch.tensor(np.vstack([A, Z])),
    )
    size = (DIMENSIONS + POINTS) * RANK
    spectrum = np.linalg.eigvalsh(hessian.reshape(size, size).numpy())
    return formula(singular_values, POINTS, RANK), spectrum
