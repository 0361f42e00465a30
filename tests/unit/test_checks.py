"""A check passes for the right formula and fails for every wrong one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from proofsheet.checks import checks_of, derivation_check, relative_error, run_checks


@derivation_check(claim="d sin = cos", method="finite-difference", tolerance=1e-8, trials=20)
def sine(rng, formula=math.cos):
    x, h = rng.normal(), 1e-5
    return abs(formula(x) - (math.sin(x + h) - math.sin(x - h)) / (2 * h))


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

    assert [check.id for check in checks_of(sys.modules[__name__])] == ["sine"]


def test_relative_error_sees_a_wrong_shape():
    a = np.ones((2, 3))
    assert relative_error(a, a) == 0
    assert relative_error(a.T, a) == math.inf
    assert relative_error(1.1 * a, a) == pytest.approx(0.1)
