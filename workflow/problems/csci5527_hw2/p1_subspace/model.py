"""The best linear subspace through points: by PCA, by a linear autoencoder, by factorization.

CSCI 5527 HW 2, problem 1. The m points are the rows of X, an m × n matrix with zero column
means; a basis of an r-dimensional subspace is the columns of A, an n × r matrix. Sizes in the
docstrings below refer to these letters.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch

from problems.csci5527_hw2.p1_subspace.gradient_descent import Descent, gradient_descent

RANK = 10
"""Dimension of the subspace."""

STARTS = 5
"""Random starts of each descent."""


def synthetic_points(
    m: int = 200,
    n: int = 50,
    r: int = RANK,
    *,
    noise: float = 0.01,
    coefficients_first: bool = False,
) -> np.ndarray:
    """The problem's points: r-dimensional, plus a little noise, centered; (m, n) in float32.

    The course's listing is an image that our copy lacks. This is its reconstruction: basis,
    coefficients and noise in this order give X[0, 0] = 4.1656, the value that the text states.
    Other noise, or `coefficients_first`, gives other values.
    """
    draw = partial(torch.randn, generator=torch.Generator().manual_seed(55272025))
    if coefficients_first:
        coefficients, basis = draw(m, r), draw(n, r)
    else:
        basis, coefficients = draw(n, r), draw(m, r)
    points = coefficients @ basis.T + noise * draw(m, n)
    return (points - points.mean(dim=0)).numpy()


def pca_basis(X: np.ndarray, r: int) -> np.ndarray:
    """First r PCA directions of X as orthonormal columns, (n, r).

    They are the eigenvectors of XᵀX with the largest eigenvalues, read off as right singular
    vectors of X: forming XᵀX would square the condition number.
    """
    return np.linalg.svd(X, full_matrices=False)[2][:r].T


def pca_spectrum(X: np.ndarray) -> np.ndarray:
    """Eigenvalues of XᵀX/m, largest first: min(m, n) variances."""
    return np.linalg.svd(X, compute_uv=False) ** 2 / len(X)


def autoencoder_loss(X: np.ndarray, A: np.ndarray) -> float:
    """f(A) = ‖X − XAAᵀ‖² / m."""
    residual = X - (X @ A) @ A.T
    return np.vdot(residual, residual) / len(X)


def autoencoder_gradient(X: np.ndarray, A: np.ndarray) -> np.ndarray:
    """∇f(A) = −(2/m)(XᵀR + RᵀX)A with R = X − XAAᵀ; (n, r).

    Every product has r columns: 𝒪(mnr), and no n × n matrix is formed.
    """
    XA = X @ A
    residual = X - XA @ A.T
    return (-2 / len(X)) * (X.T @ (residual @ A) + residual.T @ XA)


def factorization_loss(X: np.ndarray, A: np.ndarray, Z: np.ndarray) -> float:
    """g(A, Z) = ‖X − ZAᵀ‖², with Z of shape (m, r)."""
    residual = X - Z @ A.T
    return np.vdot(residual, residual)


def factorization_gradients(
    X: np.ndarray, A: np.ndarray, Z: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """∇g with R = X − ZAᵀ: (−2RᵀZ, −2RA), of the shapes of A and Z."""
    residual = X - Z @ A.T
    return -2 * residual.T @ Z, -2 * residual @ A


def small_start(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """A random matrix with independent N(0, 1/(4·rows)) entries: columns about ½ long."""
    return rng.standard_normal((rows, columns)) / (2 * np.sqrt(rows))


def fit_autoencoder(X: np.ndarray, A: np.ndarray) -> Descent:
    """Descend f from A; `x` of the result is the solution."""
    return gradient_descent(
        lambda A: autoencoder_loss(X, A), lambda A: autoencoder_gradient(X, A), A
    )


def fit_factorization(X: np.ndarray, A: np.ndarray, Z: np.ndarray) -> Descent:
    """Descend g from (A, Z), both at once with one step size.

    `x` of the result is A stacked on Z, (n + m, r); `np.split(x, [n])` parts them.
    """
    n = len(A)
    return gradient_descent(
        lambda AZ: factorization_loss(X, AZ[:n], AZ[n:]),
        lambda AZ: np.vstack(factorization_gradients(X, AZ[:n], AZ[n:])),
        np.vstack([A, Z]),
    )


def relative_difference(P: np.ndarray, Q: np.ndarray) -> float:
    """‖P − Q‖ / ‖Q‖ in Frobenius norms."""
    return np.linalg.norm(P - Q) / np.linalg.norm(Q)


def projector(A: np.ndarray) -> np.ndarray:
    """AA†, the orthogonal projector onto the column space of A; (n, n)."""
    return A @ np.linalg.pinv(A)


def projector_difference(A: np.ndarray, B: np.ndarray) -> float:
    """‖AA† − BB†‖ / ‖BB†‖: 0 exactly when A and B span the same space."""
    return relative_difference(projector(A), projector(B))


def certified_difference(excess: float, gap: float, r: int) -> float:
    """Largest `projector_difference` to the PCA basis that a loss above the optimum allows.

    Args:
        excess: f(A) − f*, or (g(A, Z) − g*) / m, not less than its rounding error.
        gap: λ_r − λ_{r+1} > 0 of XᵀX/m.
        r: dimension of the subspace.
    """
    return np.sqrt(2 * excess / (r * gap))
