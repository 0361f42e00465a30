"""Each check of problem 2 fails for a formula that is wrong in one place; template matching."""

import numpy as np
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from derivation_tests import derivation_tests
from problems.csci5527_hw3.p2_correlation import derivations as p2
from problems.csci5527_hw3.p2_correlation.correlation import (
    C_w,
    correlate1d,
    correlate2d,
    correlate_multichannel,
)
from problems.csci5527_hw3.p2_correlation.template_matching import center, gray, peak, score_map


def one_zero_moved(matrix):
    def wrong(letters):
        out = matrix(letters)
        out[1, 0], out[1, 1] = out[1, 1], out[1, 0]
        return out

    return wrong


def rows_only(z1, z2, rows, columns):
    return p2.by_transforms(z1[:, ::-1], z2, rows, columns)


WRONG = {
    "index_formula_is_the_sliding_sum": lambda x, y: p2.index_formula(y, x),
    "library_1d": lambda x, y: correlate1d(y, x),
    "reversal": lambda correlated: correlated,
    "convolution": np.convolve,
    "c_w_printed": one_zero_moved(p2.filter_matrix),
    "c_w_of_any_size": lambda w, n: C_w(w[::-1], n),
    "c_x_printed": one_zero_moved(p2.signal_matrix),
    "jacobians": lambda w, x: p2.both_jacobians(w[::-1], x),
    "index_formula_is_scipys": lambda z1, z2: p2.index_formula(z2, z1),
    "library_2d": lambda z1, z2: correlate2d(z2, z1),
    "exact_on_integers": lambda z1, z2, method: correlate2d(z1 + 1e-3, z2, method=method),
    "half_turn": lambda correlated: correlated[::-1],
    "correlation_theorem": rows_only,
    "scharr_is_a_gradient": 16,
    "border_is_an_edge": lambda level: [16 * level, 0, 0],
    "mean_splits_off": lambda t, p: np.sum((t - t.mean()) * (p - p.mean())),
    "noise_of_a_score": lambda template, sigma: sigma * np.sum(template**2),
    "planes_are_tubes": lambda x, y: correlate_multichannel(x[:, :, ::-1], y),
    "slice_of_three_dimensions": lambda full, depth: full[:, :, depth // 2],
    "conv2d_of_pytorch": lambda x, y: correlate_multichannel(x[::-1, ::-1], y),
}


TestDerivations = derivation_tests(p2, WRONG)


def test_the_answer_by_hand():
    assert correlate1d([3, 2, 1], [4, 6, 3, 9]).tolist() == [4, 14, 27, 33, 27, 27]


@given(
    image=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    template=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    seed=st.integers(0, 2**32 - 1),
)
@settings(deadline=None, max_examples=60)
def test_score_map_is_scipys_example(image, template, seed):
    template = tuple(min(a, b) for a, b in zip(template, image, strict=True))
    rng = np.random.default_rng(seed)
    y, x = rng.standard_normal(image), rng.standard_normal(template)
    expected = scipy.signal.correlate2d(y, x, boundary="symm", mode="same")
    np.testing.assert_allclose(score_map(y, x), expected, atol=1e-10)


def test_a_template_is_found_where_it_was_cut():
    rng = np.random.default_rng(0)
    image = rng.uniform(0, 255, (40, 50))
    template = image[10:17, 20:30]
    row, column = center(template.shape)
    assert peak(score_map(image, template - template.mean())) == (10 + row, 20 + column)


def test_gray_is_truncated_as_scipy_does_it():
    face = np.array([[[100, 200, 50], [255, 255, 255]]], np.uint8)
    assert gray(face).tolist() == [[166, 252]]
    assert gray(face).dtype == np.uint8
