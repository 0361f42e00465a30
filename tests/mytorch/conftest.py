"""PyTorch as the referee."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from mytorch.nn import Module


def _agrees(module: Module, peer: torch.nn.Module, x: np.ndarray, tolerance: float = 1e-10) -> None:
    """Forward and backward of `module` are PyTorch's, with its weights and a random gradient."""
    peer.double()
    with torch.no_grad():
        for ours, theirs in zip(module.get_parameters(), peer.parameters(), strict=True):
            assert ours.shape == tuple(theirs.shape)
            theirs.copy_(torch.from_numpy(ours))
    x_before = x.copy()
    x_torch = torch.from_numpy(x.copy()).requires_grad_()
    y_torch = peer(x_torch)
    y = module.forward(x)
    close(y, y_torch, tolerance)

    g = np.random.default_rng(1).standard_normal(y.shape)
    g_before = g.copy()
    dx = module.backward(g)
    y_torch.backward(torch.from_numpy(g))
    close(dx, x_torch.grad, tolerance)
    for gradient, theirs in zip(module.get_gradients(), peer.parameters(), strict=True):
        close(gradient, theirs.grad, tolerance)
    np.testing.assert_array_equal(x, x_before, "the input was written into")
    np.testing.assert_array_equal(g, g_before, "the gradient was written into")


def close(ours: np.ndarray, theirs: torch.Tensor, tolerance: float) -> None:
    theirs = theirs.detach().numpy()
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.fixture(scope="session")
def agrees() -> Callable[..., None]:
    """`agrees(module, torch_module, x)` fails unless both do the same in float64."""
    return _agrees
