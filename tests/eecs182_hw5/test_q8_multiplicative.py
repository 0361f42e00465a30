"""Each check of question 8 fails for a formula that is wrong in one place."""

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q8_multiplicative import derivations
from proofsheet.learning.multiplicative_noise import expected_loss, second_moment

WRONG = {
    "the_hint_decides": ("μ", "2σ²"),
    "loss_symbolic": lambda w, X, y, mu, sigma: expected_loss(w, X, y, mu, mu**2 + sigma**2),
    "second_moment_of_the_noise": lambda X, mu, sigma: second_moment(X, mu, 0) + sigma**2 * X.T @ X,
    "the_same_as_dropout": lambda mu, sigma: mu / (mu + sigma),
}


TestDerivations = derivation_tests(derivations, WRONG)
