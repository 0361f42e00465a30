"""Each check of problem 3 fails for a formula that is wrong in one place; the functions are what
the theory asks for.
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from derivation_tests import derivation_tests
from problems.cs7643_ps2.p3_gradient_descent import derivations
from problems.cs7643_ps2.p3_gradient_descent.convex_descent import worst_case
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
    "lemma": lambda target, v, step: lemma_bound(target, v, step) - step / 4 * np.sum(v**2),
    "averaging": lambda path, g, minimizer: mean_product(path, g, minimizer) / 2,
    "optimal_step": lambda B, rho, T: best_step(B, rho, T) / 2,
    "bound_of_any_step": lambda B, rho, T, step: any_step_bound(B, rho, T, step) / 2,
    "convergence": lambda B, rho, T: B * rho / T,
    "attained": lambda B, rho, T: rate(B, rho, T) / 2,
}

TestDerivations = derivation_tests(derivations, WRONG)


@given(seed=st.integers(0, 10_000))
def test_the_worst_function_is_convex_lipschitz_and_least_at_its_minimizer(seed):
    rng = np.random.default_rng(seed)
    steps, (distance, rho) = int(rng.integers(2, 30)), rng.uniform(0.1, 10, 2)
    f, gradient, minimizer = worst_case(steps, distance, rho, tilt=10 ** rng.uniform(-6, 0))
    points = minimizer + 3 * rng.standard_normal((6, steps))
    for w in points:
        assert np.linalg.norm(gradient(w)) <= rho * (1 + 1e-12)
        assert f(w) >= f(minimizer) - 1e-12
        for other in points:
            # Above every tangent, and no steeper than ρ
            rise = f(other) - f(w)
            assert rise >= (other - w) @ gradient(w) - 1e-10 * rho
            assert abs(rise) <= rho * np.linalg.norm(other - w) * (1 + 1e-10)
