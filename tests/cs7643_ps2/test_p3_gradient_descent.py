"""Each check of problem 3 fails for a formula that is wrong in one place; the functions are what
the theory asks for.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivation_tests import derivation_tests
from problems.cs7643_ps2.p3_gradient_descent import derivations
from problems.cs7643_ps2.p3_gradient_descent.convex_descent import (
    FAMILIES,
    absolute_value,
    averaged,
    descend,
    worst_case,
)
from problems.cs7643_ps2.p3_gradient_descent.derivations import (
    any_step_bound,
    best_step,
    completed_square,
    lemma_bound,
    mean_product,
    rate,
)

WRONG = {
    "stationary": lambda w_t, gradient, lam: w_t - gradient / (2 * lam),
    "square": lambda w, w_t, value, g, lam: (
        completed_square(w, w_t, value, g, lam) - g @ g / (2 * lam)
    ),
    "one_step": lambda before, after, v, step: (before - after) / (2 * step) + step * v,
    "telescoped": lambda target, v, step, last: lemma_bound(target, v, step),
    "lemma": lambda target, v, step: lemma_bound(target, v, step) - step / 4 * np.sum(v**2),
    "averaging": lambda path, g, minimizer: mean_product(path, g, minimizer) / 2,
    "optimal_step": lambda B, rho, T: best_step(B, rho, T) / 2,
    "bound_of_any_step": lambda B, rho, T, step: any_step_bound(B, rho, T, step) / 2,
    "convergence": lambda B, rho, T: B * rho / T,
    "attained": lambda B, rho, T: rate(B, rho, T) / 2,
}

TestDerivations = derivation_tests(derivations, WRONG)


def test_bounds_that_are_too_large_are_seen():
    assert not derivations.lemma(lambda *given: 2 * lemma_bound(*given)).passed
    assert not derivations.averaging(lambda *given: 2 * mean_product(*given)).passed
    assert not derivations.attained(lambda *given: 2 * rate(*given)).passed


FUNCTIONS = FAMILIES | {
    "absolute value": lambda rng: absolute_value(*rng.uniform(0.1, 10, 2)),
    "worst case": lambda rng: worst_case(
        int(rng.integers(2, 30)), *rng.uniform(0.1, 10, 2), tilt=10 ** rng.uniform(-6, 0)
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(seed=st.integers(0, 10_000))
def test_functions_are_convex_lipschitz_and_least_at_their_minimizer(name, seed):
    rng = np.random.default_rng(seed)
    function = FUNCTIONS[name](rng)
    points = function.minimizer + 3 * rng.standard_normal((6, len(function.minimizer)))
    for w in points:
        slope = function.gradient(w)
        assert np.linalg.norm(slope) <= function.rho * (1 + 1e-12)
        assert function.gap(w) >= -1e-12
        for other in points:
            # Above every tangent, and no steeper than ρ
            rise = function.value(other) - function.value(w)
            assert rise >= (other - w) @ slope - 1e-10 * function.rho
            assert abs(rise) <= function.rho * np.linalg.norm(other - w) * (1 + 1e-10)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_difference_quotients(name):
    rng = np.random.default_rng(1)
    function = FUNCTIONS[name](rng)
    d = len(function.minimizer)
    w = function.minimizer + rng.standard_normal(d)
    h = 1e-6
    quotients = [
        (function.value(w + h * e) - function.value(w - h * e)) / (2 * h) for e in np.eye(d)
    ]
    np.testing.assert_allclose(quotients, function.gradient(w), atol=1e-7 * function.rho)


def test_the_mean_of_the_path_is_the_mean_of_its_first_points():
    function = FAMILIES["logistic"](np.random.default_rng(2))
    path = descend(function.gradient, 5, 0.3, 20)
    assert path.shape == (21, 5)
    np.testing.assert_allclose(averaged(function.gradient, 5, 0.3, 20), path[:-1].mean(axis=0))


def test_no_function_is_worse_than_the_worst():
    rng = np.random.default_rng(3)

    def ratio(f):
        return f.gap(averaged(f.gradient, len(f.minimizer), f.best_step(49), 49)) / f.bound(49)

    for draw in FUNCTIONS.values():
        assert ratio(draw(rng)) <= 1
    assert ratio(worst_case(49)) == pytest.approx(1, rel=1e-6)
