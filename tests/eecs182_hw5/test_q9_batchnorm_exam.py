"""Each check of question 9 fails for a formula that is wrong in one place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q9_batchnorm_exam import derivations
from problems.eecs182_hw5.q9_batchnorm_exam.derivations import (
    contour,
    correlation_matrix,
    density_of_the_output,
    semi_axes,
)

WRONG = {
    # A text that takes the output's deviation for the input's, or γ for a variance
    "gaussian_stays_gaussian": lambda y, gamma, beta: density_of_the_output(y, gamma**2, beta),
    "mean_and_variance": lambda variance, gamma, beta, eps: (beta, gamma**2),
    "covariance_becomes_correlation": lambda covariance: np.eye(2),
    "contours_are_mapped": lambda covariance: np.eye(2),
    "axes_are_the_diagonals": lambda rho: semi_axes(-rho),
    "contour_touches_the_square": lambda rho, k: (k, k),
}


TestDerivations = derivation_tests(derivations, WRONG)


@settings(max_examples=30, deadline=None)
@given(rho=st.floats(-0.9, 0.9), k=st.floats(0.5, 3), ratio=st.floats(0.1, 10))
def test_the_longest_and_shortest_radius_are_the_semi_axes(rho, k, ratio):
    covariance = np.array([[1, rho * ratio], [rho * ratio, ratio**2]])
    points = contour(np.zeros(2), correlation_matrix(covariance), k, points=20_001)
    radii = np.linalg.norm(points, axis=1)
    lengths = sorted(semi_axes(rho, k))
    assert radii.min() == pytest.approx(lengths[0], rel=1e-6)
    assert radii.max() == pytest.approx(lengths[1], rel=1e-6)
