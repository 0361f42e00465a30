"""EECS 182 HW 5, question 4: the formulas of the chapter, each held against a reference.

Letters as in the chapter: R is the matrix of masks, p the probability of keeping, w̌ what training
with masks learns, Γ̌ = diag(XᵀX)^{1/2}, Γ = √((1 − p)/p) Γ̌, X̃ = XΓ⁻¹.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import sympy
import torch
from torch.nn.functional import batch_norm

from proofsheet.checks import derivation_check, equality_check
from proofsheet.learning import dropout_of_one_point as one_point
from proofsheet.learning.multiplicative_noise import (
    column_norms,
    draw_regression,
    effective_design,
    expected_loss,
    minimizer_with_masks,
    second_moment,
    tikhonov,
)

Rng = np.random.Generator

# The formulas that are not in `multiplicative_noise` --------------------------------------


def dropout_moment(X: np.ndarray, p: float) -> np.ndarray:
    """E[(R∘X)ᵀ(R∘X)] = p²XᵀX + p(1 − p) diag(XᵀX)."""
    return second_moment(X, p, p * (1 - p))


def dropout_loss(w: np.ndarray, X: np.ndarray, y: np.ndarray, p: float) -> float:
    """‖y − pXw‖² + p(1 − p)‖Γ̌w‖²."""
    return expected_loss(w, X, y, p, p * (1 - p))


def dropout_gradient(w: np.ndarray, X: np.ndarray, y: np.ndarray, p: float) -> np.ndarray:
    """−2pXᵀ(y − pXw) + 2p(1 − p)Γ̌²w."""
    return -2 * p * X.T @ (y - p * X @ w) + 2 * p * (1 - p) * column_norms(X) ** 2 * w


def gamma_of_dropout(X: np.ndarray, p: float) -> np.ndarray:
    """Γ = √((1 − p)/p) Γ̌, (d, d)."""
    return math.sqrt((1 - p) / p) * np.diag(column_norms(X))


def length_of_columns(p: float) -> float:
    """‖X̃_j‖ = √(p/(1 − p)), the same for all j."""
    return math.sqrt(p / (1 - p))


def decay_after_batch_norm(n: int, p: float) -> float:
    """λ_Z = n(1 − p)/p: batch norm and ridge with it is dropout with p, if the means are 0."""
    return n * (1 - p) / p


def shrinkage(mu: Any, sigma: Any) -> Any:
    """1 + μ²/σ²: how much more dropout penalizes a standardized feature for having a mean."""
    return 1 + mu**2 / sigma**2


# Random cases and references --------------------------------------------------------------


def every_mask(X: np.ndarray, p: float) -> tuple[np.ndarray, np.ndarray]:
    """All R∘X, (2^{nd}, n, d), and their probabilities: question 5's masks, made not inverted."""
    rows, chances = one_point.dropout_rows(X.ravel(), 1 - p)
    return p * rows.reshape(-1, *X.shape), chances


def draw_small(rng: Rng) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """A regression of at most twelve numbers, whose masks can be counted, and weights."""
    n, d = ((1, 4), (2, 3), (3, 2), (4, 3), (3, 3), (2, 5))[rng.integers(6)]
    X, y, p = draw_regression(rng, n, d)
    return X, y, p, rng.standard_normal(d)


# (a) The expectation ----------------------------------------------------------------------


@equality_check(
    "E[(R∘X)ᵀ(R∘X)] = p²XᵀX + p(1 − p) diag(XᵀX), over all masks", method="exhaustive", trials=30
)
def second_moment_of_the_masks(rng: Rng, formula: Callable = dropout_moment) -> tuple:
    X, _, p, _ = draw_small(rng)
    masked, chances = every_mask(X, p)
    return formula(X, p), np.einsum("m,mki,mkj->ij", chances, masked, masked)


@derivation_check(
    claim="E‖y − (R∘X)w‖² = ‖y − pXw‖² + p(1 − p)‖Γ̌w‖² as polynomials, for 2 × 2 and 1 × 3",
    method="symbolic",
    tolerance=0,
)
def loss_symbolic(rng: Rng, formula: Callable = dropout_loss) -> int:
    wrong, p = 0, sympy.Symbol("p", positive=True)
    for n, d in ((2, 2), (1, 3)):
        X = np.array(sympy.symbols(f"x:{n * d}", positive=True)).reshape(n, d)
        y, w = np.array(sympy.symbols(f"y:{n}")), np.array(sympy.symbols(f"w:{d}"))
        mean = 0
        for kept in product((0, 1), repeat=n * d):
            residual = y - (np.array(kept).reshape(n, d) * X) @ w
            mean += p ** sum(kept) * (1 - p) ** (n * d - sum(kept)) * (residual @ residual)
        wrong += sympy.expand(formula(w, X, y, p) - mean) != 0
    return wrong


@equality_check(
    "E‖y − (R∘X)w‖² = ‖y − pXw‖² + p(1 − p)‖Γ̌w‖², over all masks", method="exhaustive", trials=30
)
def loss_over_all_masks(rng: Rng, formula: Callable = dropout_loss) -> tuple:
    X, y, p, w = draw_small(rng)
    masked, chances = every_mask(X, p)
    return formula(w, X, y, p), chances @ np.sum((y - masked @ w) ** 2, axis=1)


@equality_check(
    "the mean loss over 20,000 masks is this one, within 5 standard errors", trials=10, tolerance=5
)
def loss_sampled(rng: Rng, formula: Callable = dropout_loss) -> tuple:
    X, y, p, w = draw_small(rng)
    kept = rng.random((20_000, *X.shape)) < p
    losses = np.sum((y - (kept * X) @ w) ** 2, axis=1)
    return losses.mean(), formula(w, X, y, p), losses.std() / math.sqrt(len(losses))


@equality_check(
    "gradient of the mean loss: −2pXᵀ(y − pXw) + 2p(1 − p)Γ̌²w",
    method="autograd",
    trials=30,
    tolerance=1e-11,
)
def gradient(rng: Rng, formula: Callable = dropout_gradient) -> tuple:
    X, y, p, w = draw_small(rng)
    masked, chances = map(torch.from_numpy, every_mask(X, p))
    weights = torch.tensor(w, requires_grad=True)
    (chances @ (torch.from_numpy(y) - masked @ weights).square().sum(dim=1)).backward()
    return formula(w, X, y, p), weights.grad.numpy()


# (b) The learned weights, rescaled --------------------------------------------------------


@equality_check(
    "w̌ = (p²XᵀX + p(1 − p)Γ̌²)⁻¹ pXᵀy is the least-squares solution over all masks",
    method="exhaustive",
    trials=30,
    tolerance=1e-9,
)
def minimizer_over_all_masks(rng: Rng, formula: Callable = minimizer_with_masks) -> tuple:
    X, y, p, w = draw_small(rng)
    masked, chances = every_mask(X, p)
    rows, targets = masked.reshape(-1, len(w)), np.tile(y, len(masked))
    expected = one_point.weighted_least_squares(rows, targets, np.repeat(chances, len(y)))
    return formula(X, y, p), expected


@equality_check(
    "w = pw̌ minimizes ‖y − Xw‖² + ‖Γw‖² with Γ = √((1 − p)/p) Γ̌", trials=50, tolerance=1e-10
)
def rescaled_is_tikhonov(rng: Rng, formula: Callable = gamma_of_dropout) -> tuple:
    X, y, p = draw_regression(rng)
    return p * minimizer_with_masks(X, y, p), tikhonov(X, y, formula(X, p))


@equality_check(
    "for one example pw̌ is the minimizer under inverted dropout, x_j w_j = y/(d + (1 − p)/p)",
    trials=50,
    tolerance=1e-9,
)
def rescaled_is_inverted(rng: Rng, formula: Callable = minimizer_with_masks) -> tuple:
    X, y, p = draw_regression(rng, n=1)
    return p * formula(X, y, p), one_point.minimizer(X[0], float(y[0]), 1 - p)


# (c) Ridge regression ---------------------------------------------------------------------


@equality_check(
    "ridge with λ = 1 on X̃ = XΓ⁻¹ gives w̃ = Γw, for any invertible Γ", trials=50, tolerance=1e-8
)
def ridge_on_the_effective_design(rng: Rng, formula: Callable = effective_design) -> tuple:
    X, y, _ = draw_regression(rng)
    gamma = rng.standard_normal((X.shape[1], X.shape[1])) + 2 * np.eye(X.shape[1])
    design = formula(X, gamma)
    ridge = np.linalg.solve(design.T @ design + np.eye(len(gamma)), design.T @ y)
    return np.linalg.solve(gamma, ridge), tikhonov(X, y, gamma)


# (d) The columns, and batch normalization -------------------------------------------------


@equality_check("every column of X̃ has the norm √(p/(1 − p))", trials=50)
def columns_have_one_length(rng: Rng, formula: Callable = length_of_columns) -> tuple:
    X, _, p = draw_regression(rng)
    design = effective_design(X, gamma_of_dropout(X, p))
    return np.full(X.shape[1], formula(p)), np.linalg.norm(design, axis=0)


@equality_check(
    "in other units of the features (X → XS) dropout predicts the same, w → S⁻¹w",
    trials=50,
    tolerance=1e-9,
)
def units_do_not_matter(rng: Rng, formula: Callable = lambda w, scales: w / scales) -> tuple:
    X, y, p = draw_regression(rng)
    scales = 10 ** rng.uniform(-2, 2, X.shape[1])
    expected = minimizer_with_masks(X * scales, y, p)
    # Compared as contributions to the prediction: the weights differ by powers of ten.
    found = formula(minimizer_with_masks(X, y, p), scales)
    norms = column_norms(X * scales)
    return norms * found, norms * expected


@equality_check(
    "features of mean 0: PyTorch's batch norm, then ridge with λ = n(1 − p)/p, predicts as"
    " dropout does",
    trials=50,
    tolerance=1e-9,
)
def dropout_is_ridge_after_batch_norm(
    rng: Rng, formula: Callable = decay_after_batch_norm
) -> tuple:
    X, y, p = draw_regression(rng)
    X = X - X.mean(axis=0)
    Z = batch_norm(torch.from_numpy(X), None, None, training=True, eps=1e-14).numpy()
    v = np.linalg.solve(Z.T @ Z + formula(len(X), p) * np.eye(X.shape[1]), Z.T @ y)
    return Z @ v, p * X @ minimizer_with_masks(X, y, p)


@equality_check(
    "features of mean μ_j, free intercept: dropout is ridge on the standardized features with"
    " λ_Z(1 + μ_j²/σ_j²)",
    trials=50,
    tolerance=1e-9,
)
def means_are_penalized(rng: Rng, formula: Callable = shrinkage) -> tuple:
    X, y, p = draw_regression(rng)
    mu, sigma = X.mean(axis=0), X.std(axis=0)
    Z = (X - mu) / sigma
    penalty = decay_after_batch_norm(len(X), p) * np.diag(formula(mu, sigma))
    v = np.linalg.solve(Z.T @ Z + penalty, Z.T @ (y - y.mean()))
    # The reference keeps the column of ones, which is neither dropped nor penalized.
    ones, gamma = np.ones((len(X), 1)), gamma_of_dropout(X, p)
    full = tikhonov(np.hstack([X, ones]), y, np.hstack([gamma, np.zeros((len(gamma), 1))]))
    return Z @ v + y.mean(), X @ full[:-1] + full[-1]
