"""Each check of problem 2 fails for a formula that is wrong in one place; limits of the fits."""

from functools import partial

import numpy as np
import pytest

from derivation_tests import derivation_tests
from problems.dl_hw1.p2_huber import derivations, huber
from problems.dl_hw1.p2_huber.derivations import solve_pattern
from proofsheet.checks import checks_of

CHECKS = {check.id: check for check in checks_of(derivations)}


def edge_flipped(w, X, y, delta):
    r = y - X @ w
    return -X.T @ np.where(np.abs(r) < delta, r, 0)


WRONG = {
    "score_at_the_edge": lambda r, delta: np.where(np.abs(r) < delta, r, 0.0),
    "huber_gradient": edge_flipped,
    "matrix_gradient": lambda w, X, y, delta: -X.T @ (y - X @ w),
    "convexity": lambda: (0.1, 1.0),
    "patterns": lambda X, y, delta, signs: solve_pattern(X, y, -delta, signs),
    "irls_majorizer": lambda r, at, delta: (
        huber.huber_loss(at, delta)
        + huber.huber_score(at, delta) * (r - at)
        + huber.huber_weight(at, delta) ** 2 * (r - at) ** 2 / 2
    ),
    "irls_step": lambda w, X, y, delta, lam: w - huber.gradient(w, X, y, delta, lam),
    "minimizer": (huber.fit_irls, partial(huber.fit_irls, max_iterations=1)),
    "ridge_gradient": lambda w, X, y, delta, lam: huber.gradient(w, X, y, delta, 2 * lam),
    "one_corrupted_target": lambda x, delta, lam: delta * np.linalg.norm(x) / lam,
}


TestDerivations = derivation_tests(derivations, WRONG)


def test_a_bound_that_is_too_large_is_seen():
    assert not CHECKS["one_corrupted_target"](
        lambda x, delta, lam: 2 * derivations.replacement_bound(x, delta, lam)
    ).passed


@pytest.fixture
def points():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((30, 3))
    return X, X @ [1.0, -2.0, 0.5] + rng.standard_normal(30)


@pytest.mark.parametrize("fit", [huber.fit_irls, huber.fit_gradient_descent])
@pytest.mark.parametrize("lam", [0.0, 2.0])
def test_with_a_large_delta_it_is_least_squares(points, fit, lam):
    X, y = points
    found = fit(X, y, 1e6, lam).w
    np.testing.assert_allclose(found, huber.least_squares(X, y, lam), rtol=1e-7)
    np.testing.assert_allclose((X.T @ X + lam * np.eye(3)) @ found, X.T @ y, rtol=1e-7)


def test_with_a_small_delta_it_is_the_median():
    y = np.array([-4.0, 1.0, 2.0, 3.0, 1e6])
    w = huber.fit_irls(np.ones((5, 1)), y, 1e-3).w
    np.testing.assert_allclose(w, [2.0], atol=1e-2)


@pytest.mark.parametrize("fit", [huber.fit_irls, huber.fit_gradient_descent])
def test_no_step_raises_the_objective(points, fit):
    X, y = points
    y = np.where(np.arange(30) % 4 == 0, 50 * y, y)
    fits = [fit(X, y, 0.7, max_iterations=steps) for steps in range(40)]
    objectives = [huber.objective(found.w, X, y, 0.7) for found in fits]
    assert (np.diff(objectives) <= 1e-12 * objectives[0]).all()
    assert objectives[-1] < objectives[0]


def test_a_fit_that_runs_out_of_iterations_says_so(points):
    X, y = points
    fit = huber.fit_gradient_descent(X, y, 0.7, max_iterations=3)
    assert not fit.converged
    assert fit.iterations == 3
    assert huber.fit_gradient_descent(X, y, 0.7).converged


@pytest.mark.parametrize(("kind", "count"), [("clean", 0), ("vertical", 10), ("leverage", 10)])
def test_contaminated_lines_have_the_stated_outliers(kind, count):
    X, y, wrong = huber.contaminated_line(kind, np.random.default_rng(0), 50)
    assert X.shape == (50, 2)
    assert wrong.sum() == count
    far = np.abs(y - X @ huber.TRUTH)
    assert far[~wrong].max() < 5
    assert far[wrong].min(initial=np.inf) > 10
