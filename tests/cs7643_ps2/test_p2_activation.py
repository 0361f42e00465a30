"""Each check of problem 2 fails for a formula that is wrong in one place."""

from __future__ import annotations

import numpy as np

from derivation_tests import derivation_tests
from problems.cs7643_ps2.p2_activation import derivations

WRONG = {
    "odd": lambda x: abs(x) / (1 + abs(x)),
    "derivative_by_cases": lambda x: 1 / (1 + x) ** 2,  # right for x > 0 only
    "derivative_autograd": lambda x: 1 / (1 + x**2),
    "derivative_at_zero": lambda: (-1, 1),  # that of |x|
    "limits": lambda: ((0, 0, 1), (1, 0, 1)),
    "slope_bound": lambda x: np.minimum(1, 1 / np.abs(x) ** 3),
    "network_gradient": lambda weights: float(
        np.prod([np.max(np.abs(np.linalg.eigvals(W))) for W in weights])
    ),
}

TestDerivations = derivation_tests(derivations, WRONG)


def test_bounds_that_are_too_large_are_seen():
    assert not derivations.slope_bound(lambda x: np.ones_like(x)).passed
    frobenius = lambda weights: float(np.prod([np.linalg.norm(W) for W in weights]))  # noqa: E731
    assert not derivations.network_gradient(frobenius).passed


def test_a_function_that_is_odd_and_falls_is_seen():
    assert not derivations.odd(lambda x: -x / (1 + abs(x))).passed
