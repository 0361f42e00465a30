"""Each check of question 3 fails for a formula that is wrong in one place."""

import numpy as np
import torch

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q3_separable import derivations
from problems.eecs182_hw5.q3_separable.derivations import (
    COUNTS,
    composed,
    separable_layers,
    separately_convolved,
)

WRONG = {
    "standard_count": lambda given, made, kernel: made * kernel**2,
    "separable_count": lambda given, made, kernel: (given * kernel**2, made),
    "numbers_of_the_question": COUNTS | {"separable_biased": 43},
    "ratio": lambda made, kernel: 1 / made + 1 / kernel,
    "composition": lambda depthwise, pointwise: composed(
        np.flip(depthwise, axis=(1, 2)), pointwise
    ),
    "one_bias_is_enough": lambda pointwise, first, second: second + first.sum(),
}


TestDerivations = derivation_tests(derivations, WRONG)


def test_the_layers_are_those_of_pytorch():
    layers = separable_layers(3, 4, 2, bias=False, dtype=torch.float64)
    x = torch.randn(3, 6, 5, dtype=torch.float64)
    depthwise, pointwise = (layer.weight.detach().numpy() for layer in layers)
    found = separately_convolved(x.numpy(), depthwise[:, 0], pointwise[:, :, 0, 0])
    np.testing.assert_allclose(found, layers(x).detach().numpy(), atol=1e-12)
