"""Each check of problem 6 fails for a wrong formula; grid and runs are what they say."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from derivation_tests import derivation_tests
from problems.cs7643_ps2.p6_sgd import derivations as p6
from problems.cs7643_ps2.p6_sgd.model import loss, outcomes, runs, step, term
from proofsheet.checks import checks_of

CHECKS = {check.id: check for check in checks_of(p6)}


WRONG = {
    "completed_square": lambda w: (w - sympy.Rational(1, 2)) ** 2,
    "sampled_term": lambda eta: (1 - 2 * eta) ** 2,
    "change_of_the_loss": lambda e, d, eta: eta * (d - e) * (2 * e + eta * d),
    "where_the_loss_rises": lambda e, eta: (0 <= e < 1.5, -1.5 < e <= 0),
    "where_it_cannot_happen": lambda e, eta: abs(e) >= 1.5,
    "change_of_a_quadratic": lambda g, G, L, eta: -eta * g**2 + L * eta**2 * g**2 / 2,
    "shared_minimizer": lambda u, eta, h, H: -eta * h * H * u**2,
    "change_on_average": lambda e, eta: -eta * (2 - eta) * e**2,
    "excess_after_t_steps": lambda e0, eta, t: (1 - eta) ** (2 * t) * e0**2 + p6.noise_floor(eta),
    "excess_with_decreasing_steps": lambda t: sympy.Rational(9, 4) / t**2,
    "share_of_rising_steps": lambda eta: 0.5,
}


TestDerivations = derivation_tests(p6, WRONG)


def test_a_boundary_on_the_wrong_side_is_seen():
    def closed(e, eta):
        d, r = Fraction(3, 2), p6.overshoot(eta)
        return -r <= e <= d, -d <= e <= r

    assert not CHECKS["where_the_loss_rises"](closed).passed


def test_the_recursions_see_what_no_path_of_a_few_steps_shows():
    def late(right):
        return lambda *case: right(*case) + (0 if isinstance(case[-1], int | sympy.Integer) else 1)

    assert not CHECKS["excess_after_t_steps"](late(p6.mean_excess)).passed
    assert not CHECKS["excess_with_decreasing_steps"](late(p6.harmonic_excess)).passed


rationals = st.fractions(min_value=-5, max_value=5, max_denominator=50)
step_sizes = st.fractions(min_value=Fraction(1, 50), max_value=Fraction(99, 50), max_denominator=50)


@given(w=rationals, eta=step_sizes, i=st.sampled_from([0, 1]))
def test_the_sampled_term_falls_as_the_text_assumes(w, eta, i):
    assert term(i, step(w, i, eta)) < term(i, w) or w == (2, -1)[i]


@given(w=rationals, eta=step_sizes)
def test_the_regions_hold_everywhere(w, eta):
    rising = tuple(loss(step(w, i, eta)) > loss(w) for i in range(2))
    assert rising == p6.rises(w - Fraction(1, 2), eta)
    assert any(rising) != p6.never_rises(w - Fraction(1, 2), eta)
    if -1 < w < 2:
        assert any(rising)
    elif eta <= 1:
        assert not any(rising)


def test_the_counterexample():
    after = step(Fraction(1), 0, Fraction(1, 4))
    assert (after, term(0, after), loss(after)) == (
        Fraction(5, 4),
        Fraction(9, 32),
        Fraction(45, 16),
    )
    assert (term(0, 1), loss(Fraction(1))) == (Fraction(1, 2), Fraction(5, 2))


def test_outcomes_of_a_small_grid():
    points = [Fraction(k, 2) for k in (-6, 1, 2, 4)]
    np.testing.assert_array_equal(
        outcomes(points, [Fraction(1, 4)])[:, 0], [[-1, 1, 1, 0], [-1, 1, -1, -1]]
    )


def test_runs_take_steps_on_one_of_the_terms():
    rng = np.random.default_rng(0)
    w = runs(rng, 3.0, lambda t: 0.1 * t, 3, 500)
    assert w.shape == (500, 4)
    assert np.all(w[:, 0] == 3)
    for t in range(3):
        ends = np.stack([step(w[:, t], i, 0.1 * (t + 1)) for i in range(2)])
        on_first, on_second = np.isclose(ends, w[:, t + 1], rtol=0, atol=1e-12)
        assert np.all(on_first ^ on_second)
        assert on_first.mean() == pytest.approx(0.5, abs=0.1)


def test_runs_reach_the_floor_and_repeat():
    w = runs(np.random.default_rng(1), 0.5, lambda t: 0.2, 400, 500)
    np.testing.assert_array_equal(w, runs(np.random.default_rng(1), 0.5, lambda t: 0.2, 400, 500))
    assert loss(w[:, 100:]).mean() - 2.25 == pytest.approx(p6.noise_floor(0.2), rel=0.03)
