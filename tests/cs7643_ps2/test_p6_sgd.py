"""Each check of problem 6 fails for a wrong formula; the regions are what they say."""

from fractions import Fraction

import sympy
from hypothesis import given
from hypothesis import strategies as st

from derivation_tests import derivation_tests
from problems.cs7643_ps2.p6_sgd import derivations as p6
from problems.cs7643_ps2.p6_sgd.model import loss, step, term


def with_the_boundary(e, eta):
    """Where f stays the same is not where it rises."""
    d, r = Fraction(3, 2), p6.overshoot(eta)
    return -r <= e <= d, -d <= e <= r


WRONG = {
    "completed_square": lambda w: (w - sympy.S.Half) ** 2,
    "sampled_term": lambda eta: (1 - 2 * eta) ** 2,
    "change_of_the_loss": lambda e, d, eta: eta * (d - e) * (2 * e + eta * d),
    "where_the_loss_rises": with_the_boundary,
    "where_it_cannot_happen": lambda e, eta: abs(e) >= 1.5,
    "shared_minimizer": lambda u, eta, h, H: -eta * h * H * u**2,
    "change_on_average": lambda e, eta: -eta * (2 - eta) * e**2,
}


TestDerivations = derivation_tests(p6, WRONG)


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
    before = term(0, Fraction(1)), loss(Fraction(1))
    assert before == (Fraction(1, 2), Fraction(5, 2))
    assert (term(0, after), loss(after)) == (Fraction(9, 32), Fraction(45, 16))
