"""EECS 182 HW 5, question 4: the formulas of the chapter, each held against a reference.

Letters as in the chapter: R is the matrix of masks, p the probability of keeping, w̌ what training
with masks learns, Γ̌ = diag(XᵀX)^{1/2}, Γ = √((1 − p)/p) Γ̌, X̃ = XΓ⁻¹.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from proofsheet.checks import exact_check, exact_gradient_check
from proofsheet.exact import Draw, solve
from proofsheet.learning import dropout_of_one_point as one_point
from proofsheet.learning.multiplicative_noise import (
    column_norms,
    effective_design,
    expected_loss,
    minimizer_with_masks,
    second_moment,
    tikhonov,
)

# The formulas that are not in `multiplicative_noise` --------------------------------------


def dropout_gradient(w: np.ndarray, X: np.ndarray, y: np.ndarray, p: Any) -> np.ndarray:
    """−2pXᵀ(y − pXw) + 2p(1 − p)Γ̌²w."""
    return -2 * p * X.T @ (y - p * X @ w) + 2 * p * (1 - p) * np.sum(X**2, axis=0) * w


def gamma_of_dropout(X: np.ndarray, p: Any) -> np.ndarray:
    """Γ = √((1 − p)/p) Γ̌, (d, d)."""
    return np.sqrt((1 - p) / p) * np.diag(column_norms(X))


def decay_after_batch_norm(n: int, p: Any) -> Any:
    """λ_Z = n(1 − p)/p: batch norm and ridge with it is dropout with p, if the means are 0."""
    return n * (1 - p) / p


def shrinkage(mu: Any, sigma: Any) -> Any:
    """1 + μ²/σ²: how much more dropout penalizes a standardized feature for having a mean."""
    return 1 + mu**2 / sigma**2


# Cases and references ---------------------------------------------------------------------


def every_mask(X: np.ndarray, p: Any) -> tuple[np.ndarray, np.ndarray]:
    """All R∘X, (2^{nd}, n, d), and their probabilities: question 5's masks, made not inverted."""
    rows, chances = one_point.dropout_rows(X.ravel(), 1 - p)
    return p * rows.reshape(-1, *X.shape), chances


def draw_small(draw: Draw) -> tuple[np.ndarray, np.ndarray, Any, np.ndarray]:
    """A regression of few numbers, whose masks can be counted, and weights."""
    n, d = ((1, 4), (2, 2), (2, 3), (3, 2))[draw.rng.integers(4)]
    return draw(n, d), draw(n), draw(), draw(d)


def draw_regression(draw: Draw, n: int = 4, d: int = 2) -> tuple[np.ndarray, np.ndarray, Any]:
    """X, y and a probability of keeping."""
    return draw(n, d), draw(n), draw()


def standardized(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What batch norm makes of the columns of X, their means and deviations."""
    mu = X.mean(axis=0)
    sigma = np.sqrt(((X - mu) ** 2).mean(axis=0))
    return (X - mu) / sigma, mu, sigma


# (a) The expectation ----------------------------------------------------------------------


@exact_check("E[(R∘X)ᵀ(R∘X)] = p²XᵀX + p(1 − p) diag(XᵀX), over all masks")
def second_moment_of_the_masks(
    draw: Draw, formula: Callable = lambda X, p: second_moment(X, p, p * (1 - p))
) -> tuple:
    X, _, p, _ = draw_small(draw)
    masked, chances = every_mask(X, p)
    return formula(X, p), np.einsum("m,mki,mkj->ij", chances, masked, masked)


@exact_check("E‖y − (R∘X)w‖² = ‖y − pXw‖² + p(1 − p)‖Γ̌w‖², over all masks")
def loss_over_all_masks(
    draw: Draw, formula: Callable = lambda w, X, y, p: expected_loss(w, X, y, p, p * (1 - p))
) -> tuple:
    X, y, p, w = draw_small(draw)
    masked, chances = every_mask(X, p)
    return formula(w, X, y, p), chances @ np.sum((y - masked @ w) ** 2, axis=1)


@exact_gradient_check("gradient over all masks: −2pXᵀ(y − pXw) + 2p(1 − p)Γ̌²w")
def gradient(draw: Draw, formula: Callable = dropout_gradient) -> tuple:
    X, y, p, w = draw_small(draw)
    masked, chances = every_mask(X, p)
    return formula(w, X, y, p), lambda w: chances @ np.sum((y - masked @ w) ** 2, axis=1), w


# (b) The learned weights, rescaled --------------------------------------------------------


@exact_check("w̌ = (p²XᵀX + p(1 − p)Γ̌²)⁻¹ pXᵀy is the least-squares solution over all masks")
def minimizer_over_all_masks(draw: Draw, formula: Callable = minimizer_with_masks) -> tuple:
    X, y, p, _ = draw_small(draw)
    masked, chances = every_mask(X, p)
    gram = np.einsum("m,mki,mkj->ij", chances, masked, masked)
    return formula(X, y, p), solve(gram, np.einsum("m,mki,k->i", chances, masked, y))


@exact_check("w = pw̌ minimizes ‖y − Xw‖² + ‖Γw‖² with Γ = √((1 − p)/p) Γ̌")
def rescaled_is_tikhonov(draw: Draw, formula: Callable = gamma_of_dropout) -> tuple:
    X, y, p = draw_regression(draw)
    return p * minimizer_with_masks(X, y, p), tikhonov(X, y, formula(X, p))


@exact_check(
    "for one example pw̌ is the minimizer under inverted dropout, x_j w_j = y/(d + (1 − p)/p)"
)
def rescaled_is_inverted(draw: Draw, formula: Callable = minimizer_with_masks) -> tuple:
    X, y, p = draw_regression(draw, 1, 3)
    return p * formula(X, y, p), one_point.minimizer(X[0], y[0], 1 - p)


# (c) Ridge regression ---------------------------------------------------------------------


@exact_check("ridge with λ = 1 on X̃ = XΓ⁻¹ gives w̃ = Γw, for any invertible Γ")
def ridge_on_the_effective_design(draw: Draw, formula: Callable = effective_design) -> tuple:
    X, y, _ = draw_regression(draw)
    gamma, one = draw(2, 2), np.eye(2)
    return solve(gamma, tikhonov(formula(X, gamma), y, one)), tikhonov(X, y, gamma)


# (d) The columns, and batch normalization -------------------------------------------------


@exact_check("every column of X̃ has the norm √(p/(1 − p))")
def columns_have_one_length(
    draw: Draw, formula: Callable = lambda p: np.sqrt(p / (1 - p))
) -> tuple:
    X, _, p = draw_regression(draw)
    design = effective_design(X, gamma_of_dropout(X, p))
    return np.full(X.shape[1], formula(p)), column_norms(design)


@exact_check("other units (X → XS): dropout predicts the same, with S⁻¹w")
def units_do_not_matter(draw: Draw, formula: Callable = lambda w, scales: w / scales) -> tuple:
    X, y, p = draw_regression(draw)
    scales = draw(X.shape[1])
    return formula(minimizer_with_masks(X, y, p), scales), minimizer_with_masks(X * scales, y, p)


@exact_check(
    "features of mean 0: batch norm, then ridge with λ = n(1 − p)/p, predicts as dropout does"
)
def dropout_is_ridge_after_batch_norm(
    draw: Draw, formula: Callable = decay_after_batch_norm
) -> tuple:
    X, y, p = draw_regression(draw)
    X = X - X.mean(axis=0)
    Z, *_ = standardized(X)
    v = solve(Z.T @ Z + formula(len(X), p) * np.eye(X.shape[1]), Z.T @ y)
    return Z @ v, p * X @ minimizer_with_masks(X, y, p)


@exact_check(
    "features of mean μ_j, free intercept: dropout is ridge on the standardized features with"
    " λ_Z(1 + μ_j²/σ_j²)"
)
def means_are_penalized(draw: Draw, formula: Callable = shrinkage) -> tuple:
    X, y, p = draw_regression(draw)
    Z, mu, sigma = standardized(X)
    penalty = decay_after_batch_norm(len(X), p) * np.diag(formula(mu, sigma))
    v = solve(Z.T @ Z + penalty, Z.T @ (y - y.mean()))
    # The reference keeps the column of ones, which is neither dropped nor penalized.
    ones, gamma = np.ones((len(X), 1)), gamma_of_dropout(X, p)
    full = tikhonov(np.hstack([X, ones]), y, np.hstack([gamma, np.zeros((len(gamma), 1))]))
    return Z @ v + y.mean(), X @ full[:-1] + full[-1]
