"""CSCI 5527 HW 2, problem 1: the formulas of the chapter, each proved as an identity.

Letters as in the chapter: S = XᵀX/m has eigenvalues λ_i with eigenvectors u_i; P is the
orthogonal projector onto the columns of A. The eigenvalues come in no order: where one matters,
the claim says which terms it makes positive.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from problems.csci5527_hw2.p1_subspace.model import (
    autoencoder_gradient,
    autoencoder_loss,
    certified_difference,
    factorization_gradients,
    factorization_loss,
    relative_difference,
)
from proofsheet.checks import exact_check, exact_gradient_check
from proofsheet.exact import Draw, derivative, solve

POINTS, DIMENSIONS, RANK = 5, 4, 2


# Random cases -----------------------------------------------------------------------------


def draw_points(draw: Draw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points X with known eigenvalues: X, their λ and u (columns)."""
    singular, u = draw(DIMENSIONS), draw.orthogonal(DIMENSIONS)
    X = (draw.orthogonal(POINTS, DIMENSIONS) * singular) @ u.T
    return X, singular**2 / POINTS, u


def draw_factors(draw: Draw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """X, A and Z."""
    return draw(POINTS, DIMENSIONS), draw(DIMENSIONS, RANK), draw(POINTS, RANK)


# (a) PCA ----------------------------------------------------------------------------------


@exact_check(
    "for orthonormal U, ‖X − ZUᵀ‖² = ‖X − XUUᵀ‖² + ‖Z − XU‖²: the Z that minimizes it is XU"
)
def pca_coefficients(draw, formula=lambda X, U: X @ U):
    X, _, Z = draw_factors(draw)
    U = draw.orthogonal(DIMENSIONS, RANK)
    best = formula(X, U)
    rest = factorization_loss(X, U, best) + np.sum((Z - best) ** 2)
    return rest, factorization_loss(X, U, Z)


@exact_check("with A₁ = (u₁ … u_r), f(A₁) = λ_{r+1} + … + λ_n")
def pca_loss(draw, formula=lambda eigenvalues, r: eigenvalues[r:].sum()):
    X, eigenvalues, u = draw_points(draw)
    return formula(eigenvalues, RANK), autoencoder_loss(X, u[:, :RANK])


def excess_bound(gap: Any, squared_difference: Any) -> Any:
    """Least excess loss of a subspace with ‖P − P₁‖² = squared_difference."""
    return gap * squared_difference / 2


@exact_check(
    "f(A) − f(A₁) ≥ ½(λ_r − λ_{r+1})‖P − P₁‖², also for rank A < r, and the same for g/m: the"
    " difference is Σ_{i<r} (λ_i − λ_r)‖(I − P)u_i‖² + Σ_{i>r+1} (λ_{r+1} − λ_i)‖Pu_i‖²"
    " + ½(r − rank A)(λ_r + λ_{r+1}) + ‖XP − XAAᵀ‖²/m"
)
def subspace_bound(draw, formula=excess_bound):
    X, eigenvalues, u = draw_points(draw)
    last, first, least = eigenvalues[RANK - 1], eigenvalues[RANK], eigenvalues[RANK:].sum()
    losses, sums = [], []
    for k in range(1, RANK + 1):
        W = draw.orthogonal(DIMENSIONS, k)
        A, P, Z = W @ draw(k, RANK), W @ W.T, draw(POINTS, RANK)
        inside = ((P @ u) ** 2).sum(axis=0)  # ‖Pu_i‖²
        bound = formula(last - first, np.sum((P - u[:, :RANK] @ u[:, :RANK].T) ** 2))
        bound += (eigenvalues[: RANK - 1] - last) @ (1 - inside[: RANK - 1])
        bound += (first - eigenvalues[RANK + 1 :]) @ inside[RANK + 1 :]
        bound += least + (RANK - k) * (last + first) / 2
        losses += [autoencoder_loss(X, A), factorization_loss(X, A, Z) / POINTS]
        sums += [
            bound + np.sum((X @ P - fitted) ** 2) / POINTS for fitted in (X @ A @ A.T, Z @ A.T)
        ]
    return tuple(sums), tuple(losses)


@exact_check(
    "√(2(f(A) − f(A₁)) / (r(λ_r − λ_{r+1}))), which grows with f(A), is ‖P − P₁‖/‖P₁‖ where"
    " f(A) − f(A₁) is the least that it can be, ½(λ_r − λ_{r+1})‖P − P₁‖²"
)
def difference_certificate(draw, formula=certified_difference):
    gap, P, P1 = draw(), *(W @ W.T for W in (draw.orthogonal(DIMENSIONS, RANK) for _ in range(2)))
    squared = np.sum((P - P1) ** 2)
    certified = formula(excess_bound(gap, squared), gap, RANK)
    return certified**2, squared / np.sum(P1**2)


@exact_check(
    "‖A₁A₁† − A₂A₂†‖ / ‖A₂A₂†‖ = √(2 Σ sin²θᵢ / r), whatever the bases of the two subspaces"
)
def projector_metric(draw, formula=relative_difference):
    # Two subspaces with the principal angles θᵢ, whose half has the tangent t.
    frame, t = draw.orthogonal(2 * RANK), draw(RANK)
    sine, cosine = 2 * t / (1 + t**2), (1 - t**2) / (1 + t**2)
    U, V = frame[:, :RANK], frame[:, :RANK] * cosine + frame[:, RANK:] * sine
    A, B = (basis @ draw(RANK, RANK) for basis in (U, V))
    distance = formula(*(C @ solve(C.T @ C, C.T) for C in (A, B)))  # A† = (AᵀA)⁻¹Aᵀ
    return distance**2, 2 * np.sum(sine**2) / RANK


# (b) The autoencoder ----------------------------------------------------------------------


@exact_gradient_check("∇f(A) = −(2/m)(XᵀR + RᵀX)A with R = X − XAAᵀ")
def autoencoder_gradient_formula(draw, formula=autoencoder_gradient):
    X, A, _ = draw_factors(draw)
    return formula(X, A), partial(autoencoder_loss, X), A


@exact_check("f(AQ) = f(A) for orthogonal Q")
def autoencoder_invariance(draw, formula=lambda A, Q: A @ Q):
    X, A, _ = draw_factors(draw)
    return autoencoder_loss(X, formula(A, draw.orthogonal(RANK))), autoencoder_loss(X, A)


@exact_check("½f(A₁) + ½f(−A₁) − f(0) = −(λ₁ + … + λ_r) < 0: f is not convex")
def autoencoder_nonconvex(draw, formula=lambda eigenvalues, r: -eigenvalues[:r].sum()):
    X, eigenvalues, u = draw_points(draw)
    A = u[:, :RANK]
    chord = (autoencoder_loss(X, A) + autoencoder_loss(X, -A)) / 2
    return formula(eigenvalues, RANK), chord - autoencoder_loss(X, 0 * A)


# The line search --------------------------------------------------------------------------


@exact_check(
    "φ'(0) = −‖∇f‖², and φ(0) − ct‖∇f‖² exceeds Taylor's bound φ(0) − t‖∇f‖² + ½Lt²‖∇f‖² on φ(t) by"
    " ½Lt(2(1 − c)/L − t)‖∇f‖², which is not negative for t ≤ 2(1 − c)/L"
)
def armijo_step(draw, formula=lambda lipschitz, decrease: 2 * (1 - decrease) / lipschitz):
    X, A, _ = draw_factors(draw)
    G = autoencoder_gradient(X, A)
    squared = np.vdot(G, G)
    slope = derivative(partial(autoencoder_loss, X), A, -G)
    L, c, t = draw(3)
    excess = L * t * (formula(L, c) - t) / 2 * squared
    return (excess, slope), (-c * t * squared - (-t + L * t**2 / 2) * squared, -squared)


# (c) The factorization --------------------------------------------------------------------


@exact_gradient_check("∂g/∂A = −2RᵀZ and ∂g/∂Z = −2RA with R = X − ZAᵀ")
def factorization_gradient_formulas(draw, formula=factorization_gradients):
    X, A, Z = draw_factors(draw)
    return formula(X, A, Z), partial(factorization_loss, X), (A, Z)


@exact_check("g(AR, ZR⁻ᵀ) = g(A, Z) for invertible R")
def factorization_invariance(draw, formula=lambda A, Z, R: (A @ R, solve(R, Z.T).T)):
    X, A, Z = draw_factors(draw)
    changed = factorization_loss(X, *formula(A, Z, draw(RANK, RANK)))
    return changed, factorization_loss(X, A, Z)


@exact_check("½g(A₁, XA₁) + ½g(−A₁, −XA₁) − g(0, 0) = −m(λ₁ + … + λ_r) < 0: g is not convex")
def factorization_nonconvex(draw, formula=lambda eigenvalues, r, m: -m * eigenvalues[:r].sum()):
    X, eigenvalues, u = draw_points(draw)
    A = u[:, :RANK]
    chord = (factorization_loss(X, A, X @ A) + factorization_loss(X, -A, -X @ A)) / 2
    return formula(eigenvalues, RANK, POINTS), chord - np.sum(X**2)
