"""The convolution is the library's, and its gradients are, in every precision that is used."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from proofsheet.learning.conv3x3_gradient import WindowConvolution, kernels, windows
from proofsheet.learning.small_image_nets import Filters


def both(x: torch.Tensor, matrix: torch.Tensor, g: torch.Tensor) -> list[list[torch.Tensor]]:
    """Output and gradients of ours and of the library's convolution."""
    found = []
    for convolution in (
        WindowConvolution.apply,
        lambda x, m: functional.conv2d(x, kernels(m, x.shape[1]), padding=1),
    ):
        leaves = [a.clone().requires_grad_() for a in (x, matrix)]
        y = convolution(*leaves)
        found.append([y.detach(), *torch.autograd.grad(y, leaves, g)])
    return found


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 5), st.integers(1, 6), st.booleans())
def test_value_and_gradients_are_those_of_the_library(height, width, inputs, outputs, last):
    torch.manual_seed(height)
    x = torch.randn(3, inputs, height, width, dtype=torch.float64)
    if last:
        x = x.to(memory_format=torch.channels_last)
    matrix = torch.randn(outputs, 9 * inputs, dtype=torch.float64)
    ours, library = both(x, matrix, torch.randn(3, outputs, height, width, dtype=torch.float64))
    for a, b in zip(ours, library, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


def test_a_row_holds_the_neighborhood_of_its_place():
    x = torch.arange(24.0).view(1, 2, 3, 4)
    rows = windows(x).view(3, 4, 3, 3, 2)
    assert rows[1, 2, :, :, 1].tolist() == x[0, 1, 0:3, 1:4].tolist()
    assert rows[0, 0, 0].abs().sum() == rows[0, 0, :, 0].abs().sum() == 0  # beyond the ends


def test_a_layer_of_few_places_learns_in_bfloat16_as_in_float32():
    torch.manual_seed(0)
    layer, x = Filters(64, 32), torch.randn(16, 64, 4, 4)
    gradients = []
    for mixed in (False, True):
        layer.matrix.grad = None
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            given_x = x.bfloat16() if mixed else x
            y = layer(given_x.to(memory_format=torch.channels_last))
        assert y.dtype == (torch.bfloat16 if mixed else torch.float32)
        y.float().square().mean().backward()
        assert layer.matrix.grad.dtype == torch.float32
        gradients.append(layer.matrix.grad)
    assert (gradients[1] - gradients[0]).norm() < 0.01 * gradients[0].norm()


@pytest.mark.parametrize(("side", "ours"), [(4, True), (5, False)])
def test_only_small_maps_in_bfloat16_take_this_way(side, ours):
    layer = Filters(8, 8)
    x = torch.randn(2, 8, side, side)
    with torch.autocast("cpu", torch.bfloat16):
        taken = type(layer(x.bfloat16()).grad_fn).__name__, type(layer(x).grad_fn).__name__
    assert [name.startswith("WindowConvolution") for name in taken] == [ours, False]
