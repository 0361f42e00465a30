"""Each check of problem 5 fails for a wrong formula; the matrices and layers are what they say."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derivation_tests import derivation_tests
from problems.cs7643_ps2.p5_convolution import derivations as p5
from problems.cs7643_ps2.p5_convolution.circulants import circulant, grid_shifts
from problems.cs7643_ps2.p5_convolution.equivariance import (
    blur_pool,
    chain,
    convolution,
    equivariance_errors,
    global_average,
    layers_of_networks,
    max_pool,
)


def toeplitz(a):
    """The circulant without what wraps around: zero padding."""
    return np.tril(circulant(a))


def zero_padded_network(weights, biases):
    return chain(
        *(
            convolution(w, padding="constant", bias=float(b))
            for w, b in zip(weights, biases, strict=True)
        )
    )


WRONG = {
    "convolution_by_matrix": lambda a: circulant(a).T,
    "polynomial_in_the_shift": lambda a: p5.polynomial_in_shift(a[::-1]),
    "circulants_commute": toeplitz,
    "diagonal_in_fourier_basis": lambda F, a: F.H * a,
    "only_circulants_commute": lambda column: p5.from_first_column(column).T,
    "equivariant_bias": lambda b: True,
    "convolutions_on_grids": lambda *sizes: sum(sizes),
    "convolutions_of_channels": lambda n, c, d: n * (c + d),
    "layer_is_circulant": lambda weights, n: p5.column_of_layer(weights[::-1], n),
    "network_is_equivariant": zero_padded_network,
    "zero_padding_breaks_the_border": lambda n: p5.border(n).T,
    "stride_follows_its_multiples": lambda n, stride: set(range(n)),
}


TestDerivations = derivation_tests(p5, WRONG)


@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3), seed=st.integers(0, 2**32 - 1))
def test_grid_shifts_move_one_axis(sizes, seed):
    x = np.random.default_rng(seed).integers(-9, 10, sizes)
    for axis, S in enumerate(grid_shifts(*sizes)):
        np.testing.assert_array_equal(S @ x.ravel(), np.roll(x, 1, axis=axis).ravel())


@pytest.fixture
def signals():
    return torch.tensor(np.random.default_rng(1).standard_normal((3, 16)))


def test_convolution_is_pytorchs(signals):
    weights = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)
    for mode, padding in (("circular", "circular"), ("zeros", "constant")):
        layer = torch.nn.Conv1d(1, 1, 3, padding=1, padding_mode=mode, dtype=torch.float64)
        with torch.no_grad():
            layer.weight[0, 0], layer.bias[0] = weights, 0.3
            expected = layer(signals[:, None])[:, 0]
        actual = convolution(weights, padding=padding, bias=0.3)(signals)
        torch.testing.assert_close(actual, expected, rtol=0, atol=1e-14)


def test_pools_by_hand():
    x = torch.tensor([[1.0, 5, 2, 0]], dtype=torch.float64)
    assert max_pool(1)(x).tolist() == [[5, 5, 2, 1]]
    assert max_pool(2)(x).tolist() == [[5, 2]]
    assert global_average(x).tolist() == [[2]]
    # (5, 5, 2, 1) blurred around the circle of four with 1, 4, 6, 4, 1 sixteenths
    expected = [(6 * 5 + 4 * (5 + 1) + 2 * 2) / 16, (6 * 2 + 4 * (5 + 1) + 2 * 5) / 16]
    assert blur_pool(2)(x).tolist() == [expected]


def test_errors_of_equivariance(signals):
    layers = layers_of_networks(torch.tensor(np.random.default_rng(2).standard_normal(5)))
    for name, stride in (("circular", 1), ("relu", 1), ("max_same", 1), ("stride", 2),
                         ("max_pool", 2), ("blur_pool", 2), ("network", 8)):  # fmt: skip
        errors = equivariance_errors(layers[name], signals)
        assert errors.shape == signals.shape
        torch.testing.assert_close(errors, equivariance_errors(layers[name], 100 * signals))
        followed = errors.amax(dim=0) < 1e-12
        assert followed.nonzero().ravel().tolist() == list(range(0, 16, stride)), name
    assert equivariance_errors(layers["same_mean"], signals).max() < 1e-12
    assert equivariance_errors(layers["network_mean"], signals).max() > 1e-3
    assert equivariance_errors(layers["zeros"], signals)[:, 1:].min() > 1e-3
