"""Each check of question 3 fails for a formula that is wrong in one place; the tools hold."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q3_separable import derivations
from problems.eecs182_hw5.q3_separable.derivations import counts_of_the_question, tail
from problems.eecs182_hw5.q3_separable.model import (
    approximation_error,
    composed,
    multiply_adds,
    separable_layers,
    separated,
    standard_layer,
)

WRONG = {
    "standard_count": lambda given, made, kernel: made * kernel**2,
    "separable_count": lambda given, made, kernel: (given * kernel**2, made),
    "numbers_of_the_question": lambda: counts_of_the_question() | {"separable_biased": 43},
    "multiplications": lambda weights, height, width: 2 * weights * height * width,
    "ratio": lambda made, kernel: 1 / made + 1 / kernel,
    "composition": lambda depthwise, pointwise: composed(
        np.flip(depthwise, axis=(2, 3)), pointwise
    ),
    "one_bias_is_enough": lambda pointwise, first, second: second + first.sum(),
    "degrees_of_freedom": lambda given, made, kernel: given * (kernel**2 + made),
    "nearest_separable": lambda weights, multiplier: tail(weights, multiplier + 1),
    "enough_kernels": lambda made, kernel: max(min(made, kernel**2) - 1, 1),
}


TestDerivations = derivation_tests(derivations, WRONG)


def test_a_distance_that_is_too_small_is_seen():
    check = derivations.nearest_separable
    assert not check(lambda weights, multiplier: 1.1 * tail(weights, multiplier)).passed


@settings(max_examples=30, deadline=None)
@given(
    given_=st.integers(1, 5), made=st.integers(1, 6), kernel=st.integers(1, 4),
    multiplier=st.integers(1, 5), seed=st.integers(0, 2**31),
)  # fmt: skip
def test_what_is_separable_is_found_again(given_, made, kernel, multiplier, seed):
    rng = np.random.default_rng(seed)
    weights = composed(
        rng.standard_normal((given_, multiplier, kernel, kernel)),
        rng.standard_normal((made, given_, multiplier)),
    )
    depthwise, pointwise = separated(weights, multiplier)
    kept = min(multiplier, made, kernel**2)
    assert depthwise.shape == (given_, kept, kernel, kernel)
    assert pointwise.shape == (made, given_, kept)
    assert approximation_error(weights, multiplier) < 1e-12


def test_work_of_a_padded_layer():
    layer = standard_layer(3, 4, 3, padding=1, bias=False, device="meta")
    assert multiply_adds(layer, (1, 3, 224, 224)) == 108 * 224**2


def test_depthwise_channels_do_not_mix():
    layers = separable_layers(3, 4, 3)
    x = torch.randn(1, 3, 6, 6)
    changed = x.clone()
    changed[:, 1] += 1
    differs = (layers[0](x) != layers[0](changed)).flatten(2).any(dim=2)[0]
    assert differs.tolist() == [False, True, False]
