"""Each check of question 2 fails for a formula that is wrong in one place."""

import numpy as np

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q2_batchnorm import derivations
from problems.eecs182_hw5.q2_batchnorm.derivations import together

SWAPPED = {"batch": "layer", "layer": "batch", "instance": "instance"}

WRONG = {
    "what_is_normalized_together": lambda method, *places: together(SWAPPED[method], *places),
    "gradient_of_demeaning": lambda g, gamma: gamma * g,
    "jacobian_is_a_projection": lambda n: np.eye(n) - np.ones((n, n)) / (n - 1),
    "batch_of_one": lambda g, gamma: gamma * g,
    "correction_is_the_shift": lambda n, gamma, of_beta: -gamma * of_beta,
    "bounded_is_not_enough": lambda gamma: gamma,
}


TestDerivations = derivation_tests(derivations, WRONG)
