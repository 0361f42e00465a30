"""Each check of problem 6 fails for a wrong formula; the regions are what they say."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy
from hypothesis import given
from hypothesis import strategies as st

from derivation_tests import derivation_tests
from problems.cs7643_ps2.p6_sgd import derivations as p6
from problems.cs7643_ps2.p6_sgd.model import loss, outcomes, step, term
from proofsheet.checks import checks_of

CHECKS = {check.id: check for check in checks_of(p6)}


WRONG = {
    "completed_square": lambda w: (w - sympy.Rational(1, 2)) ** 2,
    "sampled_term": lambda eta: (1 - 2 * eta) ** 2,
    "change_of_the_loss": lambda e, d, eta: eta * (d - e) * (2 * e + eta * d),
    "where_the_loss_rises": lambda e, eta: (0 <= e < 1.5, -1.5 < e <= 0),
    "where_it_cannot_happen": lambda e, eta: abs(e) >= 1.5,
    "shared_minimizer": lambda u, eta, h, H: -eta * h * H * u**2,
    "change_on_average": lambda e, eta: -eta * (2 - eta) * e**2,
}


TestDerivations = derivation_tests(p6, WRONG)


def test_a_boundary_on_the_wrong_side_is_seen():
    def closed(e, eta):
        d, r = Fraction(3, 2), p6.overshoot(eta)
        return -r <= e <= d, -d <= e <= r

    assert not CHECKS["where_the_loss_rises"](closed).passed


rationals = st.fractions(min_value=-5, max_value=5, max_denominator=50)
step_sizes = st.fractions(min_value=Fraction(1, 50), max_value=Fraction(99, 50), max_denominator=50)


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
