"""Each check of problem 2 fails for a formula that is wrong in one place."""

import numpy as np

from derivation_tests import derivation_tests
from problems.cs7643_ps2.p2_activation import derivations

WRONG = {
    "odd": lambda x: abs(x) / (1 + abs(x)),
    "derivative_by_cases": lambda x: 1 / (1 + x) ** 2,  # right for x > 0 only
    "derivative_at_zero": lambda: (-1, 1),  # that of |x|
    "limits": lambda: ((0, 0, 1), (1, 0, 1)),
    "slope_bound": lambda a: (1 + a**2, 1 + 1 / a**2),
    "network_gradient": lambda norms: np.sum(norms),
}

TestDerivations = derivation_tests(derivations, WRONG)


def test_an_odd_function_with_the_wrong_sign_is_rejected():
    assert not derivations.odd(lambda x: -x / (1 + abs(x))).passed
