"""Each check of problem 1 fails for a formula that is wrong in one place; the bar is met."""

from __future__ import annotations

import numpy as np
import pytest

from derivation_tests import derivation_tests
from problems.csci5527_hw2.p1_subspace import derivations
from problems.csci5527_hw2.p1_subspace.derivations import (
    divided_gradient,
    excess_bound,
    guaranteed_step,
)
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
    "autoencoder_critical_points": lambda U, Q: 2 * U @ Q.T,
    "autoencoder_no_other_critical_points": lambda S, W, d: divided_gradient(S, W, d**2),
    "autoencoder_rank_saddle": lambda eigenvalue: -2 * eigenvalue,
    "armijo_step": lambda lipschitz, decrease: 1.1 * guaranteed_step(lipschitz, decrease),
    "factorization_gradient_a": lambda X, A, Z: -factorization_gradients(X, A, Z)[0],
    "factorization_gradient_z": lambda X, A, Z: factorization_gradients(X, A, Z)[1] / 2,
    "factorization_invariance": lambda A, Z, R: (A @ R, Z @ R.T),
    "factorization_nonconvex": lambda eigenvalues, r, m: -eigenvalues[:r].sum(),
    "factorization_critical_points": lambda X, P: X,
    "turning_saddle": lambda inside, outside: -2 * (inside - outside),
    "factorization_rank_saddle": lambda Z, q, R, v, w, a: -4 * a * w @ R @ v,
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


def test_the_three_subspaces_meet_the_bar_and_the_bases_differ(solved):
    A1, autoencoders, factorizations = solved
    A2, A3 = best(autoencoders).x, best(factorizations).x[:50]
    for left, right in ((A1, A2), (A1, A3), (A2, A3)):
        assert projector_difference(left, right) <= 1e-5
        assert np.linalg.norm(left - right) / np.linalg.norm(right) > 0.5


def test_only_the_autoencoder_ends_with_orthonormal_columns(solved):
    _, autoencoders, factorizations = solved
    A2, A3 = best(autoencoders).x, best(factorizations).x[:50]
    assert np.linalg.norm(A2.T @ A2 - np.eye(10)) < 1e-6
    assert np.linalg.norm(A3.T @ A3 - np.eye(10)) > 1


def test_two_runs_are_identical(solved):
    X = synthetic_points().astype(np.float64)
    A = small_start(np.random.default_rng([7, 0]), 50, 10)
    np.testing.assert_array_equal(fit_autoencoder(X, A).losses, solved[1][0].losses)


def test_zero_is_a_critical_point_and_gradient_descent_stays_there():
    X = synthetic_points().astype(np.float64)
    run = fit_autoencoder(X, np.zeros((50, 10)))
    assert run.iterations == 0
    assert run.losses[0] == pytest.approx(np.sum(X**2) / 200)


def test_a_start_with_overlong_columns_loses_the_directions_that_matter():
    """Why starts are small: a long column in the noise, a trace of the last direction."""
    X = synthetic_points().astype(np.float64)
    u = pca_basis(X, 50)
    start = u[:, :10].copy()
    start[:, 9] = 1.8 * u[:, 49] + 1e-3 * u[:, 9]
    run = fit_autoencoder(X, start, max_iterations=300)
    assert not run.converged
    assert np.abs(u[:, 9] @ run.x).max() < 1e-6
    start[:, 9] = 0.9 * u[:, 49] + 1e-3 * u[:, 9]
    assert projector_difference(u[:, :10], fit_autoencoder(X, start).x) <= 1e-5
