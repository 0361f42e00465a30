"""Each check of problem 2 fails for a wrong formula; the tables are the sweeps of the chapter."""

import numpy as np

from derivation_tests import derivation_tests
from problems.csci5527_hw2.p2_scalar_ad import derivations as p2
from proofsheet.autodiff.forward import Dual, push_forward
from proofsheet.autodiff.primitives import exp, sin
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


WRONG = {
    "forward_steps": tangent_without_the_denominator,
    "dual_numbers": lambda f, x, direction: push_forward(f, x, np.roll(direction, 1)),
    "reverse_steps": one_contribution_to_v1,
    "tape_gradient": lambda f, *x: gradient(f, *x)[::-1],
    "gradient_in_closed_form": lambda x1, x2, x3, m: p2.closed_form(x2, x1, x3, m),
    "graph_does_not_matter": lambda a, b, c: (a * b * sin(c) + exp(a + b)) / c,
}


TestDerivations = derivation_tests(p2, WRONG)


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
