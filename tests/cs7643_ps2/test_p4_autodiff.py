"""Each check of problem 4 fails for a wrong formula, and the numbers are those by hand."""

import math

import numpy as np
import pytest
import sympy

from derivation_tests import derivation_tests
from problems.cs7643_ps2.p4_autodiff import derivations as p4
from proofsheet.autodiff.forward import Dual, forward_jacobian
from proofsheet.autodiff.reverse import Variable, backward, reverse_jacobian
from proofsheet.autodiff.trace import forward_trace, reverse_trace


def square_forgotten(w1, w2, m=np):
    nodes = p4.evaluate(w1, w2, m)
    nodes[11] = nodes[8] + w1 * w2
    return nodes


def sigmoid_slope_forgotten(w1, w2, m=np):
    rows = p4.closed_form_jacobian(w1, w2, m)
    return [[rows[0][0], -m.cos(w1) * m.sin(w2)], rows[1]]


def sum_used_once(w, seed):
    """Forgets that v₆ also feeds the adjoint of w₂."""
    adjoints = p4.reverse_sweep(w, seed)
    adjoints[1] -= adjoints[7]
    return adjoints


WRONG = {
    "program_computes_f": square_forgotten,
    "errors_of_quotients": lambda: p4.quotient_errors() | {"central": (2, sympy.Rational(1, 3))},
    "slope_of_the_sigmoid": lambda s: s * (1 + s),
    "jacobian_in_closed_form": sigmoid_slope_forgotten,
    "forward_steps": lambda w, direction: p4.forward_sweep(w, direction[::-1]),
    "dual_numbers": lambda f, *w: forward_jacobian(f, *w).T,
    "reverse_steps": sum_used_once,
    "tape_jacobian": lambda f, *w: reverse_jacobian(f, *w)[::-1],
}


TestDerivations = derivation_tests(p4, WRONG)


def test_value_and_jacobian_by_hand():
    sigma = 1 / (1 + math.exp(-2))
    assert p4.f(1.0, 2.0) == pytest.approx(
        (math.cos(1) * math.cos(2) + sigma, math.log(3) + 2), rel=1e-15
    )
    expected = [
        [-math.sin(1) * math.cos(2), -math.cos(1) * math.sin(2) + sigma * (1 - sigma)],
        [13 / 3, 4 / 3],
    ]
    for jacobian in (forward_jacobian(p4.f, 1, 2), reverse_jacobian(p4.f, 1, 2)):
        np.testing.assert_allclose(jacobian, expected, rtol=0, atol=1e-15)


def test_the_traces_are_the_written_sweeps():
    for seed in np.eye(2):
        duals = p4.f(*(Dual(w, dw) for w, dw in zip(p4.POINT, seed, strict=True)))
        steps = forward_trace(*duals)
        assert [s.name for s in steps] == [f"v_{{{i}}}" for i in range(-1, 11)]
        np.testing.assert_allclose([s.value for s in steps], p4.evaluate(*p4.POINT), rtol=1e-15)
        np.testing.assert_allclose(
            [s.derivative for s in steps], p4.forward_sweep(p4.POINT, seed), atol=1e-15
        )
        outputs = p4.f(*map(Variable, p4.POINT))
        backward(*outputs, seeds=list(seed))
        np.testing.assert_allclose(
            [s.derivative for s in reverse_trace(*outputs)],
            p4.reverse_sweep(p4.POINT, seed),
            atol=1e-15,
        )


def test_pure_derivatives():
    np.testing.assert_allclose(
        p4.pure_derivatives(1), p4.closed_form_jacobian(*p4.POINT), rtol=1e-14
    )
    # ∂³f₂/∂wⱼ³ = 2 / (w₁ + w₂)³
    np.testing.assert_allclose(p4.pure_derivatives(3)[1], 2 / 27, rtol=1e-14)


def test_the_quotients_differ_by_the_second_derivative():
    def f(x, y):
        return [x * x, 3 * y, x * y]

    central, forward = p4.central_quotient(f, (3, 2), 0.5), p4.forward_quotient(f, (3, 2), 0.5)
    assert central.tolist() == [[6, 0], [0, 3], [2, 3]]
    assert forward.tolist() == [[6.5, 0], [0, 3], [2, 3]]
