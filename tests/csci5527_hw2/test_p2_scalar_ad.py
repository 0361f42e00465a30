"""Each check of problem 2 fails for a wrong formula, and the numbers are those by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from derivation_tests import derivation_tests
from problems.csci5527_hw2.p2_scalar_ad import derivations as p2
from proofsheet.autodiff.forward import Dual
from proofsheet.autodiff.reverse import Variable, backward, gradient
from proofsheet.autodiff.trace import forward_trace, reverse_trace


def one_contribution_to_v1(x):
    """Keeps only the last of the two contributions to the adjoint of v₁."""
    adjoints = p2.reverse_sweep(x)
    a, b, _, _, _, _, v4, _, _ = p2.evaluate(x)
    adjoints[3] = adjoints[6] * v4
    adjoints[:2] = adjoints[3] * b, adjoints[3] * a
    return adjoints


def tangent_without_the_denominator(x, direction):
    return [*p2.forward_sweep(x, direction)[:-1], p2.forward_sweep(x, direction)[7] / x[2]]


def push_forward_of_another_seed(f, x, direction):
    value, tangent = p2.push_forward(f, x, np.roll(direction, 1))
    return value, tangent


WRONG = {
    "forward_steps": tangent_without_the_denominator,
    "dual_numbers": push_forward_of_another_seed,
    "reverse_steps": one_contribution_to_v1,
    "tape_gradient": lambda f, *x: gradient(f, *x)[::-1],
    "gradient_in_closed_form": lambda x1, x2, x3, m: p2.closed_form(x2, x1, x3, m),
    "graph_does_not_matter": lambda a, b, c: (a * b * p2.sin(c) + p2.exp(a + b)) / c,
}


TestDerivations = derivation_tests(p2, WRONG)


def test_the_values_by_hand():
    x1, x2, x3 = p2.POINT
    expected = (x1 * math.sin(x3) + x1 * math.exp(x1 * x2)) / x3
    assert expected == pytest.approx(2.6955, abs=5e-5)
    dual = p2.f(Dual(x1), Dual(x2, 1.0), Dual(x3))
    assert dual.tangent == pytest.approx(expected, rel=1e-15)
    assert gradient(p2.f, *p2.POINT)[1] == pytest.approx(expected, rel=1e-15)


def test_the_traces_are_the_written_sweeps():
    seed = (0.0, 1.0, 0.0)
    steps = forward_trace(p2.f(*(Dual(x, dx) for x, dx in zip(p2.POINT, seed, strict=True))))
    assert [s.name for s in steps] == [f"v_{{{i}}}" for i in range(-2, 7)]
    np.testing.assert_allclose([s.value for s in steps], p2.evaluate(p2.POINT), rtol=1e-15)
    np.testing.assert_allclose(
        [s.derivative for s in steps], p2.forward_sweep(p2.POINT, seed), rtol=1e-15
    )
    output = p2.f(*map(Variable, p2.POINT))
    backward(output)
    np.testing.assert_allclose(
        [s.derivative for s in reverse_trace(output)], p2.reverse_sweep(p2.POINT), rtol=1e-15
    )
