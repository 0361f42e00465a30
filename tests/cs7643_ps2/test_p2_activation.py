"""Each check of problem 2 fails for a formula that is wrong in one place; the script runs."""

from __future__ import annotations

import numpy as np
import torch

from derivation_tests import derivation_tests
from problems.cs7643_ps2.p2_activation import derivations
from problems.cs7643_ps2.p2_activation.derivations import iterated, tails
from problems.cs7643_ps2.p2_activation.sigmoids import (
    ODD,
    first_zero_slope,
    slopes,
    slopes_in_depth,
)

WRONG = {
    "odd": lambda x: abs(x) / (1 + abs(x)),
    "derivative_by_cases": lambda x: 1 / (1 + x) ** 2,  # right for x > 0 only
    "derivative_autograd": lambda x: 1 / (1 + x**2),
    "derivative_from_output": lambda g: 1 - g**2,  # that of tanh
    "tanh_from_output": lambda g: (1 - abs(g)) ** 2,  # that of softsign
    "derivative_at_zero": lambda: (-1, 1),  # that of |x|
    "quotient_at_zero": lambda h: abs(h),
    "limits": lambda: ((0, 0, 1), (1, 0, 1)),
    "slope_bound": lambda x: np.minimum(1, 1 / np.abs(x) ** 3),
    "tanh_slope": lambda x: 2 * np.exp(-2 * np.abs(x)),
    "tails_of_slopes": lambda x: tails(x) | {"arctan": 1 / x**2},
    "derivatives_of_relatives": lambda x, k: (1 + abs(x) ** k) ** (-1 / k),
    "composition": lambda x, n: (iterated(x, n)[0], 1 / (1 + abs(x)) ** (2 * n)),
    "network_gradient": lambda weights: float(
        np.prod([np.max(np.abs(np.linalg.eigvals(W))) for W in weights])
    ),
}

TestDerivations = derivation_tests(derivations, WRONG)


def test_bounds_that_are_too_large_are_seen():
    assert not derivations.slope_bound(lambda x: np.ones_like(x)).passed
    assert not derivations.tanh_slope(lambda x: 8 * np.exp(-2 * np.abs(x))).passed
    frobenius = lambda weights: float(np.prod([np.linalg.norm(W) for W in weights]))  # noqa: E731
    assert not derivations.network_gradient(frobenius).passed


def test_a_function_that_is_odd_and_falls_is_seen():
    assert not derivations.odd(lambda x: -x / (1 + abs(x))).passed


def test_the_odd_functions_are_scaled_alike():
    for function in ODD.values():
        np.testing.assert_allclose(slopes(function, np.array([0.0])), 1)
        ends = function(torch.tensor([-1e9, -2.0, 2.0, 1e9], dtype=torch.float64)).numpy()
        np.testing.assert_allclose(ends, -ends[::-1])
        np.testing.assert_allclose(ends[-1], 1)


def test_slopes_in_depth_are_those_of_the_composition():
    x = np.array([0.7])

    def three_times(x):
        return torch.tanh(torch.tanh(torch.tanh(x)))

    np.testing.assert_allclose(slopes_in_depth(torch.tanh, 0.7, 3)[-1], slopes(three_times, x)[0])


def test_where_a_slope_is_lost():
    x = np.array([0.0, 5.0, 20.0, 30.0])
    assert first_zero_slope(torch.tanh, x) == 20
    assert first_zero_slope(torch.nn.functional.softsign, x) is None
