"""Each check of question 8 fails for a formula that is wrong in one place."""

from __future__ import annotations

import numpy as np

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q8_multiplicative import derivations
from problems.eecs182_hw5.q8_multiplicative.derivations import three_values
from proofsheet.learning.multiplicative_noise import expected_loss, second_moment

WRONG = {
    "the_hint_decides": lambda: ("μ", "2σ²"),
    "loss_symbolic": lambda w, X, y, mu, sigma: expected_loss(w, X, y, mu, mu**2 + sigma**2),
    "second_moment_of_the_noise": lambda X, mu, sigma: second_moment(X, mu, 0) + sigma**2 * X.T @ X,
    "only_two_moments_count": lambda w, X, y, mu, sigma: expected_loss(w, X, y, 1, sigma**2),
    "the_same_as_dropout": lambda mu, sigma: mu / (mu + sigma),
}


TestDerivations = derivation_tests(derivations, WRONG)


def test_the_rule_of_gauss_and_hermite_has_the_moments_of_a_normal_number():
    nodes, weights = three_values(3**0.5)
    moments = [np.dot(weights, np.array(nodes) ** k) for k in range(6)]
    np.testing.assert_allclose(moments, [1, 0, 1, 0, 3, 0], atol=1e-12)


def test_there_are_six_options_each_and_all_differ():
    values = [f(0.7, 1.9) for f in derivations.A_OPTIONS.values()]
    squares = [float(f(0.7, 1.9)) for f in derivations.B_OPTIONS.values()]
    assert len({*np.round(values, 9)}) == len({*np.round(squares, 9)}) == 6
    assert list(derivations.B_OPTIONS) == ["μ²", "2μ²", "μ²/2", "σ²", "2σ²", "σ²/2"]
