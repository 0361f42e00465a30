"""Each check of question 1 fails for a formula that is wrong in one place."""

import numpy as np

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q1_convnets import derivations
from problems.eecs182_hw5.q1_convnets.derivations import layer_parameters
from problems.eecs182_hw5.q1_convnets.transpose_convolution import placements, transpose_convolution


def flipped(x, kernel, stride=1):
    return transpose_convolution(x, np.flip(kernel), stride)


WRONG = {
    "parameter_counts": lambda channels, size, kernel: (
        layer_parameters(channels, size, kernel) | {"convolution": channels[1] * kernel**2}
    ),
    "equivariance": lambda output, rows, columns: output,
    "elimination_steps": lambda h2: (-2 - 4 * h2, -5 - 8 * h2, -26 * h2 - 39),
    "filter_solves_the_system": (3, -1, 2),
    "filter_convolved": (3, -1, 2),
    "example_of_the_text": flipped,
    "answer_by_pytorch": derivations.ANSWER.T,
    "answer_by_matrix": derivations.ANSWER.T,
    "size_of_the_output": lambda n, kernel, stride: n * stride + kernel - 1,
    "definition_is_the_transpose": flipped,
    "backward_of_convolution": flipped,
}


TestDerivations = derivation_tests(derivations, WRONG)


def test_one_placement_for_each_sample():
    terms = placements(np.array([[-1, 2], [3, 1]]), np.array([[1, -1], [0, 1]]))
    assert terms.shape == (4, 3, 3)
    assert terms.dtype == np.int64
    np.testing.assert_array_equal(terms[2], [[0, 0, 0], [3, -3, 0], [0, 3, 0]])
