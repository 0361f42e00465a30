"""What ε is for, and rounding. Problem 3 of csci5527_hw3 compares with PyTorch's modules."""

import numpy as np
import pytest
import torch

from proofsheet.learning.normalization import (
    batch_norm,
    instance_norm,
    layer_norm,
    relative_difference,
)

OURS = {
    "batch": batch_norm,
    "layer": layer_norm,
    "instance": instance_norm,
}
TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-14}


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("value", [0.0, 0.1, -1e6, 3.3e7])
@pytest.mark.parametrize("method", OURS)
def test_a_constant_slice_is_why_there_is_an_eps(method, value, dtype):
    """0/0 without, exactly 0 with: also where the mean of equal numbers is rounded."""
    x = torch.full((2, 4, 7, 11), value, dtype=dtype)
    assert OURS[method](x, 0.0).isnan().all()
    assert torch.equal(OURS[method](x, 1e-5), torch.zeros_like(x))


def test_the_mean_of_a_long_slice_keeps_its_digits_in_float32():
    """A plain float32 sum of 160,000 squares loses four of them."""
    x = torch.randn(64, 2, 50, 50, generator=torch.Generator().manual_seed(3)) + 3
    exact = x.numpy().astype(np.longdouble)
    exact = exact - exact.mean((0, 2, 3), keepdims=True)
    exact = exact / np.sqrt((exact**2).mean((0, 2, 3), keepdims=True))
    expected = torch.from_numpy(exact.astype(np.float64))
    assert relative_difference(batch_norm(x, 0.0), expected) <= 3e-7


@pytest.mark.parametrize("method", OURS)
def test_the_argument_stays_and_layout_does_not_matter(method):
    x = torch.randn(3, 4, 5, 6, dtype=torch.float64)
    kept = x.clone()
    out = OURS[method](x, 1e-5)
    assert torch.equal(x, kept)
    for other in (
        x.to(memory_format=torch.channels_last),
        x.transpose(2, 3).contiguous().transpose(2, 3),
    ):
        assert relative_difference(OURS[method](other, 1e-5), out) < 1e-14
        assert torch.equal(other, kept)


def test_relative_difference_is_equation_3():
    x, y = torch.tensor([3.0, 4.0]), torch.tensor([0.0, 0.0])
    assert relative_difference(x, y) == 1.0
    assert relative_difference(y, y) == 0.0
    assert relative_difference(x, 2 * x) == pytest.approx(0.5)
    assert relative_difference(2 * x, x) == pytest.approx(0.5)
    nothing = torch.tensor([torch.nan, 0.0])
    assert np.isnan(relative_difference(x, nothing))
    assert np.isnan(relative_difference(nothing, y))
    with pytest.raises(ValueError, match=r"shapes differ: \(2,\) and \(1,\)"):
        relative_difference(x, torch.ones(1))
