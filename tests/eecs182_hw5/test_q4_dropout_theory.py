"""Each check of question 4 fails for a formula that is wrong in one place."""

import numpy as np

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q4_dropout_theory import derivations
from problems.eecs182_hw5.q4_dropout_theory.derivations import dropout_gradient, gamma_of_dropout
from proofsheet.learning.multiplicative_noise import expected_loss, minimizer, second_moment

WRONG = {
    "second_moment_of_the_masks": lambda X, p: second_moment(X, p, p),
    "loss_over_all_masks": lambda w, X, y, p: expected_loss(w, X, y, p, p * (p - 1)),
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
