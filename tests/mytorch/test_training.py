"""The parts together: one trajectory is PyTorch's."""

from __future__ import annotations

import numpy as np
import torch

from mytorch import nn


def test_trajectory_is_pytorchs():
    """Ten steps of the homework's network and optimizer, from the same weights."""
    rng = np.random.default_rng(0)
    sizes = [(20, 16), (16, 8), (8, 4)]
    layers = [nn.Linear(*size, rng=rng, dtype=np.float64) for size in sizes]
    model = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2])
    peers = [torch.nn.Linear(*size, dtype=torch.float64) for size in sizes]
    peer = torch.nn.Sequential(peers[0], torch.nn.ReLU(), peers[1], torch.nn.ReLU(), peers[2])
    with torch.no_grad():
        for ours, theirs in zip(model.get_parameters(), peer.parameters(), strict=True):
            theirs.copy_(torch.from_numpy(ours))
    loss, optimizer = nn.SoftmaxCrossEntropy(), nn.SGD(model.get_parameters(), lr=0.1)
    peer_optimizer = torch.optim.SGD(peer.parameters(), lr=0.1)
    for _ in range(10):
        x, y = rng.standard_normal((32, 20)), rng.integers(0, 4, 32)
        value = loss.forward(model.forward(x), y)
        model.backward(loss.backward())
        optimizer.step(model.get_gradients())
        peer_optimizer.zero_grad()
        peer_value = torch.nn.functional.cross_entropy(
            peer(torch.from_numpy(x)), torch.from_numpy(y)
        )
        peer_value.backward()
        peer_optimizer.step()
        np.testing.assert_allclose(value, peer_value.item(), rtol=1e-12)
    for ours, theirs in zip(model.get_parameters(), peer.parameters(), strict=True):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-10, atol=1e-12)
