"""Each check of question 8 fails for a formula that is wrong in one place."""

from __future__ import annotations

import numpy as np
import pytest

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q8_multiplicative import derivations
from problems.eecs182_hw5.q8_multiplicative.derivations import NORMAL, UNIFORM, two_values
from proofsheet.learning.multiplicative_noise import expected_loss, second_moment

WRONG = {
    "the_hint_decides": lambda: ("μ", "2σ²"),
    "loss_symbolic": lambda w, X, y, mu, sigma: expected_loss(w, X, y, mu, mu**2 + sigma**2),
    "second_moment_of_the_noise": lambda X, mu, sigma: second_moment(X, mu, 0) + sigma**2 * X.T @ X,
    "only_two_moments_count": lambda w, X, y, mu, sigma: expected_loss(w, X, y, 1, sigma**2),
    "the_same_as_dropout": lambda mu, sigma: mu / (mu + sigma),
}


TestDerivations = derivation_tests(derivations, WRONG)


@pytest.mark.parametrize("rule", [NORMAL, UNIFORM, two_values(0.3)])
def test_the_quadratures_have_mean_0_and_variance_1(rule):
    nodes, weights = rule
    assert weights.sum() == pytest.approx(1)
    assert weights @ nodes == pytest.approx(0, abs=1e-15)
    assert weights @ nodes**2 == pytest.approx(1)


def test_there_are_six_options_each_and_all_differ():
    values = [f(0.7, 1.9) for f in derivations.A_OPTIONS.values()]
    squares = [float(f(0.7, 1.9)) for f in derivations.B_OPTIONS.values()]
    assert len({*np.round(values, 9)}) == len({*np.round(squares, 9)}) == 6
    assert list(derivations.B_OPTIONS) == ["μ²", "2μ²", "μ²/2", "σ²", "2σ²", "σ²/2"]
