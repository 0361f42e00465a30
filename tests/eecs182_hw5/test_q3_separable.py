"""Each check of question 3 fails for a formula that is wrong in one place."""

from __future__ import annotations

import numpy as np
import torch

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q3_separable import derivations
from problems.eecs182_hw5.q3_separable.derivations import (
    composed,
    counts_of_the_question,
    separable_layers,
)

WRONG = {
    "standard_count": lambda given, made, kernel: made * kernel**2,
    "separable_count": lambda given, made, kernel: (given * kernel**2, made),
    "numbers_of_the_question": lambda: counts_of_the_question() | {"separable_biased": 43},
    "ratio": lambda made, kernel: 1 / made + 1 / kernel,
    "composition": lambda depthwise, pointwise: composed(
        np.flip(depthwise, axis=(1, 2)), pointwise
    ),
    "one_bias_is_enough": lambda pointwise, first, second: second + first.sum(),
}


TestDerivations = derivation_tests(derivations, WRONG)


def test_depthwise_channels_do_not_mix():
    layers = separable_layers(3, 4, 3)
    x = torch.randn(1, 3, 6, 6)
    changed = x.clone()
    changed[:, 1] += 1
    differs = (layers[0](x) != layers[0](changed)).flatten(2).any(dim=2)[0]
    assert differs.tolist() == [False, True, False]
