"""The parts together: real digits are learnt, and one trajectory is PyTorch's."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.datasets import load_digits

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


def test_learns_handwritten_digits():
    """A small ConvNet with every kind of layer, on the 8×8 digits of scikit-learn."""
    images, labels = load_digits(return_X_y=True)
    x = (images / 16).astype(np.float32).reshape(-1, 1, 8, 8)
    order = np.random.default_rng(0).permutation(len(x))
    train, test = order[:1400], order[1400:]
    rng = np.random.default_rng(1)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, init="he", rng=rng),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.2, rng=rng),
        nn.Linear(128, 10, rng=rng),
    )
    loss, optimizer = nn.SoftmaxCrossEntropy(), nn.Adam(model.get_parameters(), lr=3e-3)
    for _ in range(20):
        for batch in np.array_split(rng.permutation(train), 28):
            loss.forward(model.forward(x[batch]), labels[batch])
            model.backward(loss.backward())
            optimizer.step(model.get_gradients())
    predicted = model.eval().forward(x[test]).argmax(axis=1)
    # PyTorch's twin of this network reached 0.975, 0.982 and 0.985 with three seeds; ours 0.982,
    # 0.987 and 0.987.
    assert np.mean(predicted == labels[test]) > 0.96
