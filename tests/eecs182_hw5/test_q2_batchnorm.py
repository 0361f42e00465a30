"""Each check of question 2 fails for a formula that is wrong in one place."""

from __future__ import annotations

import numpy as np
import torch

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q2_batchnorm import derivations
from problems.eecs182_hw5.q2_batchnorm.derivations import demeaned, together
from problems.eecs182_hw5.q2_batchnorm.feature_maps import draw_feature_map
from proofsheet import figures

SWAPPED = {"batch": "layer", "layer": "batch", "instance": "instance"}

WRONG = {
    "what_is_normalized_together": lambda method, *places: together(SWAPPED[method], *places),
    "gradient_of_demeaning": lambda g, gamma: gamma * g,
    "jacobian_is_a_projection": lambda n: np.eye(n) - np.ones((n, n)) / (n - 1),
    "batch_of_one": lambda g, gamma: gamma * g,
    "correction_is_the_shift": lambda n, gamma, of_beta: -gamma * of_beta,
    "bounded_is_not_enough": lambda gamma: gamma,
}


TestDerivations = derivation_tests(derivations, WRONG)


def test_the_layer_is_pytorch_batch_norm_without_its_division():
    x = torch.randn(9, 1, dtype=torch.float64)
    # PyTorch refuses ε = 0; added to the variance of these numbers, this is 0 in float64.
    layer = torch.nn.BatchNorm1d(1, eps=1e-300, dtype=torch.float64)
    undone = layer(x)[:, 0] * x.std(correction=0)
    torch.testing.assert_close(demeaned(x[:, 0], 1.0, 0.0), undone)


def test_the_drawing_has_three_sides_and_marks_what_is_marked():
    figure, axes = figures.new()
    marked = np.zeros((3, 4, 2), dtype=bool)
    marked[:, -1] = True  # the last channel: on all three sides
    draw_feature_map(axes, marked, colour="#FF0000")
    blue = [patch.get_facecolor()[2] for patch in axes.patches]
    figures.plt.close(figure)
    assert len(blue) == 4 * 2 + 4 * 3 + 3 * 2
    assert sum(value == 0 for value in blue) == 2 + 3 + 3 * 2
