"""Each check of problem 3 fails for a wrong formula, and the given matrices are the text's."""

import numpy as np
import pytest
import torch

from derivation_tests import derivation_tests
from problems.csci5527_hw2.p3_matrix_ad import derivations as p3
from proofsheet.checks import checks_of

CHECKS = {check.id: check for check in checks_of(p3)}


def both_factors_moving(F, V, G):
    return p3.slopes(lambda V: np.sum(F(V) * G(F(V))), V)


def without_first_mask(v, at_zero=0):
    g = p3.backward_pass(v, at_zero)
    return g | {"V1": g["V2"], "W1": g["V2"] @ v["X"].T, "X": v["W1"].T @ g["V2"]}


def kink_counted_in_the_weights(v, at_zero=0):
    g = p3.backward_pass(v, at_zero)
    return g | {"W1": g["V2"] @ v["X"].T}


WRONG = {
    "factors_move": lambda A, B, C: (B.T * A, -A * C.T),
    "transposed_jacobian": both_factors_moving,
    "chain_rule": both_factors_moving,
    "rule_half_squared_norm": lambda g, D: 2 * g * D,
    "rule_subtraction": lambda g: (g, g),
    "rule_right_factor": lambda W, V, g: W.T @ g / 2,
    "rule_left_factor": lambda W, V, g: g @ V.T / 2,
    "rule_relu": lambda V, g: g * (V >= 0),
    "zeros_of_v3": lambda v: np.any(v["V1"] <= 0, axis=0),
    "convention_does_not_matter": kink_counted_in_the_weights,
    "finite_differences": without_first_mask,
    "derived_backward_pass": without_first_mask,
    "tape_on_given_matrices": lambda given: without_first_mask(p3.forward_pass(given)),
    "four_decimals_in_float32": without_first_mask,
}


TestDerivations = derivation_tests(p3, WRONG)


@pytest.mark.parametrize("node", ["D", "V5", "W3", "V4", "V3", "W2", "V2", "V1", "W1", "X", "Y"])
def test_each_line_of_the_backward_pass_counts(node):
    def wrong(v, at_zero=0):
        g = p3.backward_pass(v, at_zero)
        return g | {node: 1.001 * g[node]}

    assert not CHECKS["derived_backward_pass"](wrong).passed


def test_two_units_of_the_fourth_decimal_are_seen():
    def off_by_two(v):
        g = p3.backward_pass(v)
        return g | {"W1": g["W1"] + 2e-4}

    assert not CHECKS["four_decimals_in_float32"](off_by_two).passed


def test_the_given_matrices_are_the_texts():
    given = p3.given_matrices()
    assert {name: matrix.shape for name, matrix in given.items()} == p3.SHAPES
    assert all(matrix.dtype == np.float32 for matrix in given.values())
    torch.manual_seed(55272025)
    for name in ("Y", "X", "W1", "W2", "W3"):
        np.testing.assert_array_equal(given[name], torch.randn(p3.SHAPES[name]).numpy())
