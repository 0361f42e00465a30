"""Each check of question 4 fails for a formula that is wrong in one place."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q4_dropout_theory import derivations
from problems.eecs182_hw5.q4_dropout_theory.derivations import (
    dropout_gradient,
    gamma_of_dropout,
    minimizer_with_masks,
)
from proofsheet.learning.multiplicative_noise import (
    expected_loss,
    minimizer,
    second_moment,
    tikhonov,
)


def without_bernoulli_s_variance(w, X, y, p):
    """The second moment of a mask taken for p², as that of a constant."""
    return expected_loss(w, X, y, p, 0)


WRONG = {
    "second_moment_of_the_masks": lambda X, p: second_moment(X, p, p),
    "loss_symbolic": without_bernoulli_s_variance,
    "loss_over_all_masks": lambda w, X, y, p: expected_loss(w, X, y, p, p * (p - 1)),
    "loss_sampled": lambda w, X, y, p: expected_loss(w, X, y, 1, p * (1 - p)),
    "gradient": lambda w, X, y, p: dropout_gradient(w, X, y, p) / 2,
    "minimizer_over_all_masks": lambda X, y, p: minimizer(X, y, 1, (1 - p) / p),
    "rescaled_is_tikhonov": lambda X, p: p * gamma_of_dropout(X, p),
    "rescaled_is_inverted": lambda X, y, p: minimizer(X, y, p, 1 - p),
    "ridge_on_the_effective_design": lambda X, gamma: X @ gamma,
    "columns_have_one_length": lambda p: p / (1 - p),
    "units_do_not_matter": lambda w, scales: w * scales,
    "dropout_is_ridge_after_batch_norm": lambda n, p: (1 - p) / p,
    "means_are_penalized": lambda mu, sigma: np.ones_like(mu),
}


TestDerivations = derivation_tests(derivations, WRONG)


@settings(max_examples=30, deadline=None)
@given(
    n=st.integers(1, 9), d=st.integers(1, 5), m=st.floats(0.1, 2), v=st.floats(0.05, 2),
    seed=st.integers(0, 2**31),
)  # fmt: skip
def test_the_minimizer_is_where_the_gradient_vanishes(n, d, m, v, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    w = minimizer(X, y, m, v)
    lowest = expected_loss(w, X, y, m, v)
    for step in 1e-3 * rng.standard_normal((5, d)):
        assert expected_loss(w + step, X, y, m, v) > lowest


def test_keeping_everything_is_least_squares():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((8, 3)), rng.standard_normal(8)
    expected = np.linalg.lstsq(X, y, rcond=None)[0]
    np.testing.assert_allclose(minimizer_with_masks(X, y, 1.0), expected, rtol=1e-10)
    np.testing.assert_allclose(tikhonov(X, y, np.zeros((3, 3))), expected, rtol=1e-10)
