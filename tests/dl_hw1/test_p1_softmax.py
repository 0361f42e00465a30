"""Each check of problem 1 fails for a formula that is wrong in one place."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from derivation_tests import derivation_tests
from problems.dl_hw1.p1_softmax import derivations
from problems.dl_hw1.p1_softmax.derivations import hot_expansion, sigmoid, softmax
from proofsheet.checks import checks_of

CHECKS = {check.id: check for check in checks_of(derivations)}


def expansion_without_mean(z, s):
    y = z.applyfunc(lambda entry: sympy.Rational(1, len(z)) + s * entry / len(z))
    return y, hot_expansion(z, s)[1]


def jacobian_without_mean(z, s):
    return hot_expansion(z, s)[0], s * sympy.eye(len(z)) / len(z)


WRONG = {
    "jacobian": lambda y, tau: np.diag(y) - np.outer(y, y),
    "jacobian_by_differences": lambda y, tau: (np.diag(y) + np.outer(y, y)) / tau,
    "vector_jacobian_product": lambda y, g, tau: y * (g - g.mean()) / tau,
    "quadratic_form": lambda u, y, tau: y @ u**2 / tau,
    "null_space": lambda n: np.eye(n)[0],
    "lipschitz": lambda tau: 1 / (4 * tau),
    "cold_limit": lambda n, k, gap, tau: (
        (n - k) / k * np.exp(-1.2 * gap / tau),
        2 * (n - k) / k * np.exp(-gap / tau) / tau,
    ),
    "tied_limit": lambda n, k, tau: np.diag(np.arange(n) < k) / (k * tau),
    "hot_limit": expansion_without_mean,
    "gradient_of_A": lambda A, b, x, t: np.outer(x, A @ x + b - t),
    "gradient_of_b": lambda A, b, x, t: t - A @ x - b,
    "batch_gradients": lambda A, b, X, T: (
        (A @ X + b[:, None] - T) @ X.T,
        (A @ X + b[:, None] - T).mean(axis=1),
    ),
    "one_step": lambda alpha, x: 1 - alpha * (x @ x),
    "two_classes": lambda z, tau: float(sigmoid(z[0] - z[1])),
    "categorical_gradient": lambda y, e, tau: y - e,
    "bernoulli_gradient": lambda z, t: softmax(z) - t,
    "shared_mass": lambda labels: np.eye(len(labels))[0],
}


TestDerivations = derivation_tests(derivations, WRONG)


def test_a_hot_jacobian_that_is_wrong_is_seen():
    assert not CHECKS["hot_limit"](jacobian_without_mean).passed


def test_a_bound_on_the_norm_that_is_too_large_is_seen():
    assert not CHECKS["lipschitz"](lambda tau: 1 / tau).passed


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e4, 1e300])
def test_softmax_does_not_overflow(scale):
    y = softmax(np.array([scale, 0.0, -scale]), tau=0.5)
    assert np.isfinite(y).all()
    assert y.sum() == pytest.approx(1)
