"""Each check of problem 1 fails for a formula that is wrong in one place; the bar is met."""

from __future__ import annotations

import numpy as np
import pytest

from derivation_tests import derivation_tests
from problems.csci5527_hw2.p1_subspace import derivations
from problems.csci5527_hw2.p1_subspace.derivations import excess_bound
from problems.csci5527_hw2.p1_subspace.gradient_descent import best
from problems.csci5527_hw2.p1_subspace.model import (
    certified_difference,
    factorization_gradients,
    fit_autoencoder,
    fit_factorization,
    pca_basis,
    projector_difference,
    relative_difference,
    small_start,
    synthetic_points,
)


def second_gradient_halved(X, A, Z):
    by_A, by_Z = factorization_gradients(X, A, Z)
    return by_A, by_Z / 2


WRONG = {
    "pca_coefficients": lambda X, U: X @ U / 2,
    "pca_loss": lambda eigenvalues, r: eigenvalues[r - 1 :].sum(),
    "subspace_bound": lambda gap, squared: 1.1 * excess_bound(gap, squared),
    "difference_certificate": lambda excess, gap, r: certified_difference(excess, 1.1 * gap, r),
    "projector_metric": lambda P, Q: relative_difference(P, Q) / 2,
    # The product rule with one of its two terms.
    "autoencoder_gradient_formula": lambda X, A: -4 / len(X) * X.T @ (X - X @ A @ A.T) @ A,
    "autoencoder_invariance": lambda A, Q: A @ (2 * Q),
    "autoencoder_nonconvex": lambda eigenvalues, r: -eigenvalues.sum(),
    "armijo_step": lambda lipschitz, decrease: 2 / lipschitz,
    "factorization_gradient_formulas": second_gradient_halved,
    "factorization_invariance": lambda A, Z, R: (A @ R, Z @ R.T),
    "factorization_nonconvex": lambda eigenvalues, r, m: -eigenvalues[:r].sum(),
}


TestDerivations = derivation_tests(derivations, WRONG)


@pytest.fixture(scope="module")
def solved():
    X = synthetic_points().astype(np.float64)
    autoencoders, factorizations = [], []
    for start in range(3):
        rng = np.random.default_rng([7, start])
        A, Z = small_start(rng, 50, 10), small_start(rng, 200, 10)
        autoencoders.append(fit_autoencoder(X, A))
        factorizations.append(fit_factorization(X, A, Z))
    return pca_basis(X, 10), autoencoders, factorizations


def test_every_start_converges_to_the_pca_subspace(solved):
    A1, autoencoders, factorizations = solved
    for fit in autoencoders + factorizations:
        assert fit.converged
        assert projector_difference(A1, fit.x[:50]) <= 1e-6


def test_the_bases_differ_and_only_that_of_the_autoencoder_is_orthonormal(solved):
    A1, autoencoders, factorizations = solved
    A2, A3 = best(autoencoders).x, best(factorizations).x[:50]
    for left, right in ((A1, A2), (A1, A3), (A2, A3)):
        assert relative_difference(left, right) > 0.5
    assert np.linalg.norm(A2.T @ A2 - np.eye(10)) < 1e-6
    assert np.linalg.norm(A3.T @ A3 - np.eye(10)) > 1
