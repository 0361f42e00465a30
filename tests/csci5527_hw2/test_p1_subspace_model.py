"""Losses, gradients, the line search and the subspace metric, against independent software."""

from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
from hypothesis import assume, given
from hypothesis import strategies as st

from problems.csci5527_hw2.p1_subspace.gradient_descent import (
    Descent,
    backtrack,
    best,
    gradient_descent,
)
from problems.csci5527_hw2.p1_subspace.model import (
    autoencoder_loss,
    factorization_loss,
    pca_basis,
    pca_spectrum,
    projector_difference,
    synthetic_points,
)

seeds = st.integers(0, 2**32 - 1)


@st.composite
def shapes(draw):
    """m, n, r with r ≤ n; m may be smaller than n."""
    n = draw(st.integers(1, 8))
    return draw(st.integers(1, 12)), n, draw(st.integers(1, n))


def factors(shape, seed):
    m, n, r = shape
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(size) for size in ((m, n), (n, r), (m, r)))


def test_the_points_are_those_of_the_text():
    X = synthetic_points()
    assert X.shape == (200, 50)
    assert X.dtype == np.float32
    assert f"{X[0, 0]:.4f}" == "4.1656"
    assert np.abs(X.mean(axis=0)).max() < 1e-6
    # Another listing would have given other values.
    assert f"{synthetic_points(noise=0.02)[0, 0]:.4f}" == "4.1489"
    assert f"{synthetic_points(coefficients_first=True)[0, 0]:.2f}" == "-2.99"


@given(shapes(), seeds)
def test_pca_basis_holds_the_leading_eigenvectors(shape, seed):
    m, n, r = shape
    assume(r <= min(m, n))
    X, _, _ = factors(shape, seed)
    A = pca_basis(X, r)
    np.testing.assert_allclose(A.T @ A, np.eye(r), atol=1e-12)
    eigenvalues = scipy.linalg.eigh(X.T @ X / m, eigvals_only=True)[::-1]
    np.testing.assert_allclose(pca_spectrum(X)[:r], eigenvalues[:r], atol=1e-12)
    np.testing.assert_allclose(X.T @ X @ A / m, A * eigenvalues[:r], atol=1e-11)


def test_difference_of_orthogonal_subspaces():
    eye = np.eye(4)
    assert projector_difference(eye[:, :2], eye[:, 2:]) == pytest.approx(np.sqrt(2))


def test_rounding_of_a_loss_is_far_below_what_the_certificate_allows_for():
    exactly = np.vectorize(Fraction, otypes=[object])
    X = synthetic_points(40, 12, 4).astype(np.float64)
    A = pca_basis(X, 4)
    residual = exactly(X) - exactly(X) @ exactly(A) @ exactly(A).T
    exact = np.sum(residual**2)
    assert abs(autoencoder_loss(X, A) * 40 / float(exact) - 1) < 1e-13
    Z = X @ A
    exact = np.sum((exactly(X) - exactly(Z) @ exactly(A).T) ** 2)
    assert abs(factorization_loss(X, A, Z) / float(exact) - 1) < 1e-13


def quadratic(x):
    return float(x @ np.diag([1.0, 100.0]) @ x) / 2


def quadratic_gradient(x):
    return np.diag([1.0, 100.0]) @ x


@given(seeds)
def test_backtracking_returns_the_first_step_that_meets_armijo(seed):
    x = np.random.default_rng(seed).standard_normal(2)
    slope = quadratic_gradient(x)
    step, moved, value, tried = backtrack(quadratic, x, quadratic(x), slope, 1.0)

    def armijo(t):
        return quadratic(x - t * slope) <= quadratic(x) - 1e-4 * t * (slope @ slope)

    assert step == 0.5 ** (tried - 1)
    assert armijo(step)
    assert not any(armijo(0.5**k) for k in range(tried - 1))
    np.testing.assert_array_equal(moved, x - step * slope)
    assert value == quadratic(moved)
    # The bound of the chapter, with L the largest curvature: not halved once too often.
    assert step >= (1 - 1e-4) / 100


def test_backtracking_steps_over_infinities_and_nans():
    def guarded(x):
        return float("nan") if x[0] < -1 else float(x[0] ** 2)

    step, moved, _, tried = backtrack(guarded, np.array([1.0]), 1.0, np.array([2.0]), 8.0)
    assert tried > 1
    assert step < 8
    assert abs(moved[0]) < 1


def test_backtracking_gives_up_where_nothing_descends():
    assert backtrack(lambda x: 1.0, np.ones(3), 1.0, np.ones(3), 1.0) is None


def test_an_uphill_gradient_is_reported_and_not_followed():
    run = gradient_descent(quadratic, lambda x: -quadratic_gradient(x), np.ones(2))
    assert run.stopped_by == "rounding"
    assert not run.converged
    np.testing.assert_array_equal(run.x, np.ones(2))


def test_descent_of_a_quadratic():
    start = np.array([1.0, 1.0])
    run = gradient_descent(quadratic, quadratic_gradient, start)
    assert run.converged
    assert run.gradient_norms[-1] <= 1e-8 * run.gradient_norms.max()
    np.testing.assert_allclose(run.x, 0, atol=1e-5)
    np.testing.assert_array_equal(start, [1.0, 1.0])
    assert len(run.losses) == len(run.gradient_norms) == run.iterations + 1
    assert len(run.steps) == len(run.evaluations) == run.iterations
    decreases = run.losses[:-1] - run.losses[1:]
    assert np.all(decreases >= 1e-4 * run.steps * run.gradient_norms[:-1] ** 2)
    assert run.losses[-1] == quadratic(run.x)


def test_descent_stops_at_the_limit_and_at_a_critical_start():
    limited = gradient_descent(quadratic, quadratic_gradient, np.ones(2), max_iterations=3)
    assert (limited.iterations, limited.stopped_by) == (3, "iterations")
    resting = gradient_descent(quadratic, quadratic_gradient, np.zeros(2))
    assert (resting.iterations, resting.stopped_by) == (0, "gradient")


def test_best_is_the_lowest_and_of_equals_the_first():
    def ended(loss):
        return Descent(np.zeros(1), np.array([9.0, loss]), *[np.zeros(2)] * 3, "gradient")

    runs = [ended(2.0), ended(1.0), ended(1.0)]
    assert best(runs) is runs[1]
