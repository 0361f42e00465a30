"""Arithmetic modulo a prime agrees with fractions, and its derivatives with known ones."""

from fractions import Fraction

import numpy as np
import pytest

from proofsheet import exact
from proofsheet.exact import PRIME, Draw, Number, derivative, number, solve


@pytest.fixture
def draw():
    Number.roots, Number.ordered = set(), False
    return Draw(np.random.default_rng(3))


@pytest.mark.parametrize(
    "formula",
    [
        lambda a, b: a + b - 3 * a * b,
        lambda a, b: (a - 0.25) / (b + 2),
        lambda a, b: 1 / a - b**3 + b**-2,
        lambda a, b: -a * np.float64(0.1) + np.int64(7),
    ],
)
def test_arithmetic_is_that_of_fractions(formula):
    a, b = Fraction(22, 7), Fraction(-5, 3)
    expected = formula(a, b) if "float64" not in str(formula.__code__.co_names) else -a / 10 + 7
    assert formula(number(a), number(b)) == expected


def test_a_float_is_the_simplest_fraction_that_rounds_to_it():
    assert number(1 / 3) * 3 == 1
    assert number(0.9) == Fraction(9, 10)
    assert number(0.333333333) * 3 != 1
    assert number(float("nan")) is None


def test_degrees_of_numerator_and_denominator_are_bounds(draw):
    x, y = draw(), draw()
    for value, over, under in ((x * y + 1, 2, 0), (1 / x + 1 / y, 1, 2), ((x / y) ** 3, 3, 3)):
        assert (value.over, value.under) == (over, under)


def test_numpy_runs_on_numbers(draw):
    A, x = draw(3, 3), draw(3)
    assert (np.linalg.matrix_power(A, 2) @ x == A @ (A @ x)).all()
    assert np.var(x) == (x**2).mean() - x.mean() ** 2
    assert np.einsum("i,ij,j", x, A, x) == np.trace(np.outer(x, x) @ A.T)


def test_linear_systems_and_orthogonal_matrices(draw):
    A, b = draw(4, 4), draw(4, 2)
    assert (A @ solve(A, b) == b).all()
    Q = draw.orthogonal(4, 2)
    assert Q.shape == (4, 2)
    assert (np.eye(2) == Q.T @ Q).all()
    with pytest.raises(exact.Redraw):
        solve(np.ones((2, 2), dtype=int), b[:2])


def test_the_root_that_is_a_square_makes_roots_multiply(draw):
    a, b = draw.positive(2)
    assert np.sqrt(a) ** 2 == a
    assert np.sqrt(a) * np.sqrt(b) == np.sqrt(a * b)
    assert a**1.5 * a**-0.5 == a
    with pytest.raises(exact.Redraw):
        np.sqrt(-a)  # −1 has no root modulo p


def test_exponentials_of_logits_multiply(draw):
    z = draw.logits(3)
    e = np.exp(z)
    assert np.exp(z[0] - 2 * z[1]) == e[0] / e[1] ** 2
    assert np.exp(z.sum() - z[0]) == e[1] * e[2]
    assert np.exp(sum(z)) == np.exp(z[0] + 0 + z[1] + z[2]) == e[0] * e[1] * e[2]
    temperature = draw()
    assert np.exp(temperature * z[0] / temperature) == e[0]
    assert np.exp(2 * z[0] / 2) / np.exp(z[1] - z[1]) == e[0]


def test_other_functions_have_one_unknown_value_for_each_argument(draw):
    x, y = draw(2)
    for function in (np.exp, np.log, np.sin, np.cos):
        assert function(x * y) == function(y * x) != function(x)
    values = [function(x) for function in (np.exp, np.log, np.sin, np.cos, np.tanh)]
    assert len({value.parts for value in values}) == 5
    assert np.sin(x) ** 2 + np.cos(x) ** 2 == 1
    assert np.exp(number(0)) == 1


@pytest.mark.parametrize(
    ("function", "slope"),
    [
        (lambda x: x**5 / (1 + x), lambda x: (5 * x**4 * (1 + x) - x**5) / (1 + x) ** 2),
        (np.sqrt, lambda x: 1 / (2 * np.sqrt(x))),
        (np.exp, np.exp),
        (lambda x: np.exp(x**2), lambda x: 2 * x * np.exp(x**2)),
        (np.sin, np.cos),
        (np.cos, lambda x: -np.sin(x)),
        (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
        (np.log, lambda x: 1 / x),
    ],
)
def test_derivatives(draw, function, slope):
    x = draw.logits()
    while pow(x.parts[0], PRIME // 2, PRIME) != 1:  # until it has a root
        x = draw.logits()
    assert derivative(function, x, 1) == slope(x)
    second = derivative(function, x, 1, order=2)
    assert second == derivative(slope, x, 1)


def test_a_gradient_of_a_quadratic_form(draw):
    A, x, v = draw(3, 3), draw(3), draw(3)
    assert derivative(lambda x: x @ A @ x, x, v) == v @ (A + A.T) @ x
    both = derivative(lambda A, x: A @ x, (A, x), (A, v))
    assert (both == A @ x + A @ v).all()


def test_a_derivative_inside_another_is_refused(draw):
    x = draw()
    with pytest.raises(TypeError, match="inside another"):
        derivative(lambda y: derivative(lambda z: z * y, y, 1), x, 1)


def test_order_is_refused_unless_the_check_allows_it(draw):
    x = draw(4)
    with pytest.raises(TypeError, match="order"):
        x.max()
    Number.ordered = True
    assert (np.maximum(x, 0) - np.maximum(-x, 0) == x).all()
    assert (np.abs(x) == np.abs(-x)).all()


def test_no_number_becomes_a_float_unseen(draw):
    with pytest.raises(TypeError):
        np.array([draw()], dtype=float)
