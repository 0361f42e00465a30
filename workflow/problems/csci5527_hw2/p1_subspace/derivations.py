"""CSCI 5527 HW 2, problem 1: the formulas of the chapter, each proved as an identity.

Letters as in the chapter: S = XᵀX/m has eigenvalues λ_i with eigenvectors u_i; M = AAᵀ; P is the
orthogonal projector onto the columns of A. The eigenvalues come in no order: where one matters,
the claim says which terms it makes positive.
"""

from __future__ import annotations

from functools import partial
from itertools import combinations
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
SUBSETS = [
    list(subset) for size in range(RANK + 1) for subset in combinations(range(DIMENSIONS), size)
]


# Random cases -----------------------------------------------------------------------------


def draw_points(draw: Draw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points X with known eigenvalues: X, their λ and u (columns)."""
    singular, u = draw(DIMENSIONS), draw.orthogonal(DIMENSIONS)
    X = (draw.orthogonal(POINTS, DIMENSIONS) * singular) @ u.T
    return X, singular**2 / POINTS, u


def draw_factors(draw: Draw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """X, A and Z."""
    return draw(POINTS, DIMENSIONS), draw(DIMENSIONS, RANK), draw(POINTS, RANK)


def draw_decomposed(draw: Draw, rank: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W, d, Q of A = W diag(d) Qᵀ with orthonormal W (n, k) and Q (r, k)."""
    return draw.orthogonal(DIMENSIONS, rank), draw(rank), draw.orthogonal(RANK, rank)


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


@exact_check("∇f(U_I Qᵀ) = 0 and f(U_I Qᵀ) = Σ_{i∉I} λ_i, for each set I of at most r eigenvectors")
def autoencoder_critical_points(draw, formula=lambda U, Q: U @ Q.T):
    X, eigenvalues, u = draw_points(draw)
    points = [formula(u[:, kept], draw.orthogonal(RANK, len(kept))) for kept in SUBSETS]
    expected = [eigenvalues.sum() - eigenvalues[kept].sum() for kept in SUBSETS]
    return (
        [(autoencoder_loss(X, A), autoencoder_gradient(X, A)) for A in points],
        [(loss, np.zeros((DIMENSIONS, RANK), dtype=int)) for loss in expected],
    )


def divided_gradient(S: np.ndarray, W: np.ndarray, d: np.ndarray) -> np.ndarray:
    """∇f(A) Q D⁻¹ at A = WDQᵀ: −2(SW(I − D²) + (I − M)SW)."""
    return -2 * (S @ W * (1 - d**2) + S @ W - (W * d**2) @ W.T @ S @ W)


@exact_check(
    "∇f(WDQᵀ)QD⁻¹ = −2(SW(I − D²) + (I − M)SW), and Wᵀ times it has the diagonal −4T_ii(1 − d_i²),"
    " T = WᵀSW: where ∇f = 0, D = I, so M is a projector and its range invariant under S"
)
def autoencoder_no_other_critical_points(draw, formula=divided_gradient):
    X = draw(POINTS, DIMENSIONS)
    S = X.T @ X / POINTS
    formulas, expected = [], []
    for k in range(1, RANK + 1):
        W, d, Q = draw_decomposed(draw, k)
        divided = autoencoder_gradient(X, (W * d) @ Q.T) @ Q / d
        diagonal = -4 * np.diagonal(W.T @ S @ W) * (1 - d**2)
        formulas.append((formula(S, W, d), np.diagonal(W.T @ formula(S, W, d))))
        expected.append((divided, diagonal))
    return formulas, expected


@exact_check("at U_I Qᵀ with |I| < r, in the direction u_j qᵀ with Qᵀq = 0: φ''(0) = −4λ_j")
def autoencoder_rank_saddle(draw, formula=lambda eigenvalue: -4 * eigenvalue):
    X, eigenvalues, u = draw_points(draw)
    curvatures, expected = [], []
    for kept in (kept for kept in SUBSETS if len(kept) < RANK):
        for j in set(range(DIMENSIONS)) - set(kept):
            Q, *_, q = np.split(draw.orthogonal(RANK), [len(kept), RANK - 1], axis=1)
            base, along = u[:, kept] @ Q.T, u[:, [j]] @ q.T
            curvatures.append(derivative(partial(autoencoder_loss, X), base, along, order=2))
            expected.append(formula(eigenvalues[j]))
    return tuple(expected), tuple(curvatures)


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


@exact_check(
    "ZAᵀ = XP + ½ ∂g/∂Z A† for all A and Z; and where ∂g/∂Z = 0, ∂g/∂A Aᵀ = −2(I − P)XᵀXP: so the"
    " range of P is invariant under S wherever ∇g = 0"
)
def factorization_critical_points(draw, formula=lambda X, P: X @ P):
    formulas, expected = [], []
    for k in range(1, RANK + 1):
        X, _, Z = draw_factors(draw)
        W, d, Q = draw_decomposed(draw, k)
        A, P, pseudoinverse = (W * d) @ Q.T, W @ W.T, (Q / d) @ W.T
        fitted = formula(X, P)
        product = fitted + factorization_gradients(X, A, Z)[1] @ pseudoinverse / 2
        # Every Z with ∂g/∂Z = 0: it is free where A vanishes.
        Z0 = X @ pseudoinverse.T + Z - Z @ Q @ Q.T
        by_A, by_Z = factorization_gradients(X, A, Z0)
        formulas.append((product, -2 * (X - X @ P).T @ fitted, by_Z))
        expected.append((Z @ A.T, by_A @ A.T, 0 * by_Z))
    return formulas, expected


@exact_check(
    "at |I| = r, turning u_i (i ∈ I) by θ toward u_j (j ∉ I): f = g/m = f(0) − (λ_j − λ_i) sin²θ,"
    " so d²f/dθ² = d²(g/m)/dθ² = −2(λ_j − λ_i)"
)
def turning_saddle(draw, formula=lambda inside, outside: -2 * (outside - inside)):
    X, eigenvalues, u = draw_points(draw)
    t, Q, R = draw(), draw.orthogonal(RANK), draw(RANK, RANK)
    sine, cosine = 2 * t / (1 + t**2), (1 - t**2) / (1 + t**2)
    changes, expected = [], []
    for kept in combinations(range(DIMENSIONS), RANK):
        i, others = kept[0], set(range(DIMENSIONS)) - set(kept)
        for j in others:
            U = u[:, kept]
            U[:, 0] = cosine * u[:, i] + sine * u[:, j]
            A, Z = U @ R, solve(R, (X @ U).T).T
            changes += [autoencoder_loss(X, U @ Q), factorization_loss(X, A, Z) / POINTS]
            start = sum(eigenvalues[k] for k in others)
            expected += [start + formula(eigenvalues[i], eigenvalues[j]) * sine**2 / 2] * 2
    return tuple(expected), tuple(changes)


@exact_check("where Aq = 0 and ∇g = 0, along (t v qᵀ, αt w qᵀ), ‖v‖ = 1: φ''(0) = 2‖Zq‖² − 4α wᵀRv")
def factorization_rank_saddle(
    draw, formula=lambda Z, q, R, v, w, a: 2 * np.sum((Z @ q) ** 2) - 4 * a * w @ R @ v
):
    X, _, u = draw_points(draw)
    right = draw.orthogonal(RANK)
    basis, lengths, q = u[:, : RANK - 1], draw(RANK - 1), right[:, -1]
    A = (basis * lengths) @ right[:, :-1].T
    # Z is free along q, where A vanishes, as long as RᵀZ = 0: any combination of XU_I will do.
    Z = (X @ basis / lengths) @ right[:, :-1].T + np.outer(X @ basis @ draw(RANK - 1), q)
    v, w, a = draw.orthogonal(DIMENSIONS, 1)[:, 0], draw(POINTS), draw()
    along = np.outer(v, q), a * np.outer(w, q)
    curvature = derivative(partial(factorization_loss, X), (A, Z), along, order=2)
    vanishing = factorization_gradients(X, A, Z)
    zeros = tuple(np.zeros(part.shape, dtype=int) for part in vanishing)
    return (formula(Z, q, X - Z @ A.T, v, w, a), *vanishing), (curvature, *zeros)
