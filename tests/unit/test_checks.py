"""A check passes for the right formula and fails for every wrong one."""

import math

import numpy as np
import pytest
import sympy

from proofsheet.checks import (
    absolute_error,
    autograd_gradients,
    bound_check,
    checks_of,
    derivation_check,
    equality_check,
    exact_check,
    exact_gradient_check,
    exhaustive_check,
    identity_check,
    relative_error,
    run_checks,
)


@derivation_check(claim="d sin = cos", method="finite-difference", tolerance=1e-8, trials=20)
def sine(rng, formula=math.cos):
    x, h = rng.normal(), 1e-5
    return abs(formula(x) - (math.sin(x + h) - math.sin(x - h)) / (2 * h))


@equality_check("‖v‖² = vᵀv", trials=7)
def squared_norm(rng, formula=lambda v: v @ v):
    v = rng.standard_normal(5)
    return formula(v), np.linalg.norm(v) ** 2


@bound_check("|Σ_i v_i| ≤ √n ‖v‖, attained by equal entries")
def sum_of_entries(rng, formula=lambda v: np.sqrt(len(v)) * np.linalg.norm(v)):
    v, equal = rng.standard_normal(5), np.ones(5)
    return abs(v.sum()), formula(v), equal.sum(), formula(equal)


@identity_check("d tanh x/dx = 1 − tanh² x, and the slopes of its shifts")
def slopes_of_tanh(rng, formula=lambda t: 1 - t**2):
    x = sympy.Symbol("x")
    shifts = sympy.Matrix([sympy.tanh(x + k) for k in range(3)])
    return (formula(shifts[0]), shifts.applyfunc(formula)), (shifts[0].diff(x), shifts.diff(x))


@exact_check("‖v‖² = vᵀv")
def length(draw, formula=lambda v: v @ v):
    v = draw(5)
    return formula(v), np.linalg.norm(v) ** 2


@exact_gradient_check("∇‖Ax‖² = 2AᵀAx")
def slope_of_a_square(draw, formula=lambda A, x: 2 * A.T @ A @ x):
    A, x = draw(3, 2), draw(2)
    return formula(A, x), lambda x: (A @ x) @ (A @ x), x


@exhaustive_check("(−1)ⁿ is 1 for even n, for n < 100")
def signs(rng, formula=lambda n: (-1) ** n):
    return [formula(n) for n in range(100)], [1, -1] * 50


SHAPES = [
    sine, squared_norm, sum_of_entries, slopes_of_tanh, length, slope_of_a_square, signs,
]  # fmt: skip


def test_the_right_formula_passes_with_its_largest_error():
    result = sine()
    assert result.passed
    assert result.trials == 20
    assert 0 < result.max_error <= 1e-8


@pytest.mark.parametrize("wrong", [math.sin, lambda x: math.nan, lambda x: math.inf])
def test_a_wrong_formula_fails(wrong):
    assert not sine(wrong).passed


def test_a_nan_in_one_trial_is_not_hidden_by_the_others():
    values = iter([0.0] * 5 + [math.nan] + [0.0] * 14)

    @derivation_check(claim="", method="bound", tolerance=1.0, trials=20)
    def late(rng, formula=None):
        return next(values)

    assert not late().passed


def test_the_cases_are_the_same_each_time():
    assert sine() == sine()


def test_a_failed_check_stops_the_problem():
    @derivation_check(claim="", method="exhaustive", tolerance=0.0)
    def false(rng, formula=None):
        return 1.0

    with pytest.raises(AssertionError, match="derivation not verified: false"):
        run_checks([sine, false])


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="guess"):
        derivation_check(claim="", method="guess", tolerance=0.0)


def test_checks_of_a_module_are_found_in_order():
    import sys

    assert checks_of(sys.modules[__name__]) == SHAPES
    assert [check.id for check in SHAPES] == [
        "sine",
        "squared_norm",
        "sum_of_entries",
        "slopes_of_tanh",
        "length",
        "slope_of_a_square",
        "signs",
    ]


def test_relative_error_sees_a_wrong_shape():
    a = np.ones((2, 3))
    assert relative_error(a, a) == 0
    assert relative_error(a.T, a) == math.inf
    assert relative_error(1.1 * a, a) == pytest.approx(0.1)
    assert absolute_error(a, 3 * a) == 2
    assert absolute_error(a, a.T) == math.inf


def test_each_shape_has_its_method_trials_and_tolerance():
    assert [(r["method"], r["trials"], r["tolerance"]) for r in run_checks(SHAPES[1:])] == [
        ("reference", 7, 1e-12),
        ("bound", 100, 1e-12),
        ("symbolic", 1, 0),
        ("exact", 3, 0),
        ("exact", 3, 0),
        ("exhaustive", 1, 0),
    ]


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (squared_norm, lambda v: v @ v + 1e-9),
        (squared_norm, lambda v: v),  # another shape
        (squared_norm, lambda v: math.nan),
        (sum_of_entries, lambda v: np.sqrt(len(v) - 1) * np.linalg.norm(v)),
        (sum_of_entries, lambda v: np.sqrt(len(v) + 1) * np.linalg.norm(v)),  # true, but loose
        (sum_of_entries, lambda v: math.nan),
        (slopes_of_tanh, lambda t: 1 + t**2),
        (length, lambda v: v @ v + 1e-9),
        (length, lambda v: v * v),  # another shape
        (length, lambda v: math.nan),
        (slope_of_a_square, lambda A, x: 2 * A.T @ A @ x * (1 + 1e-9)),
        (slope_of_a_square, lambda A, x: (A @ x).sum()),
        (signs, lambda n: 1 if n == 99 else (-1) ** n),
        (signs, lambda n: math.nan),
        (signs, lambda n: np.array([(-1) ** n])),  # another shape
        (slopes_of_tanh, lambda t: 1 - t**2 + (t.args[0] - sympy.Symbol("x")) / 10**9),
    ],
)
def test_each_shape_rejects_a_wrong_formula(check, wrong):
    assert not check(wrong).passed


def test_a_bound_need_not_be_attained():
    loose = bound_check("1 ≤ 2")(lambda rng: (1.0, 2.0))
    assert loose().passed
    assert loose().max_error == 0


def test_an_equality_is_relative_unless_it_names_a_unit():
    def error(*sides):
        return equality_check("", trials=1)(lambda rng: sides)().max_error

    assert error(11.0, 10.0) == pytest.approx(0.1)
    assert error(11.0, 10.0, 1) == pytest.approx(1)
    assert error(11.0, 10.0, 100) == pytest.approx(0.01)
    # Each of several is measured by itself: the small ones are not lost beside the large ones.
    assert error((1e9, 2e-9), (1e9, 1e-9)) == pytest.approx(1)
    assert error([1e9, 2e-9], [1e9, 1e-9]) == pytest.approx(0)  # one array
    assert error([np.ones(2), np.ones(1)], [np.ones(2), np.ones(1)]) == 0
    assert error({"a": 2.0, "b": 1.0}, {"b": 1.0, "a": 2.0}) == 0
    assert error({"a": 2.0}, {"b": 2.0}) == np.finfo(float).max


def test_gradients_are_in_double_whatever_they_are_taken_at():
    (gradient,) = autograd_gradients(lambda w: (w**2).sum(), np.float32([0.1]))
    assert gradient.dtype == np.float64


def test_an_exact_check_says_its_degree_and_needs_enough_trials():
    assert length().degree == 2 * 4  # a square of degree 2, with one root
    once = exact_check("(v²)ᵏ = v²ᵏ", trials=1)(lambda draw: ((v := draw()) ** 40, (v**20) ** 2))
    assert once().max_error == 0
    assert not once().passed  # 40/p is more than 1e-17


def test_an_exact_check_draws_again_where_there_is_no_root_and_gives_up_where_there_never_is():
    @exact_check("√v √w = √(vw) where both exist")
    def roots(draw, formula=lambda v, w: np.sqrt(v * w)):
        v, w = draw(), draw()
        return np.sqrt(v) * np.sqrt(w), formula(v, w)

    assert roots().passed
    assert not roots(lambda v, w: -np.sqrt(v * w)).passed
    with pytest.raises(ArithmeticError, match="roots: no point"):
        roots(lambda v, w: v / (w - w))
