"""Each check of problem 1 fails for a formula that is wrong in one place."""

import numpy as np
import pytest

from derivation_tests import derivation_tests
from problems.dl_hw1.p1_softmax import derivations
from problems.dl_hw1.p1_softmax.derivations import sigmoid, softmax

WRONG = {
    "jacobian": lambda y, tau: np.diag(y) - np.outer(y, y),
    "vector_jacobian_product": lambda y, g, tau: y * (g - g.mean()) / tau,
    "quadratic_form": lambda u, y, tau: y @ u**2 / tau,
    "null_space": lambda u, y, tau: y[0] * y[1] * (u[0] - u[1]) ** 2 / tau,
    "gradient_of_A": lambda A, b, x, t: np.outer(x, A @ x + b - t),
    "gradient_of_b": lambda A, b, x, t: t - A @ x - b,
    "two_classes": lambda z, tau: sigmoid((z[1] - z[0]) / tau),
    "categorical_gradient": lambda y, e, tau: y - e,
    "bernoulli_gradient": lambda z, t: sigmoid(2 * z) - t,
    "shared_mass": lambda labels: labels * np.arange(2, len(labels) + 2) / len(labels),
}


TestDerivations = derivation_tests(derivations, WRONG)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e4, 1e300])
def test_softmax_does_not_overflow(scale):
    y = softmax(np.array([scale, 0.0, -scale]), tau=0.5)
    assert np.isfinite(y).all()
    assert y.sum() == pytest.approx(1)
