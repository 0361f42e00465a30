"""SGD and Adam: step by step with PyTorch, in place, and by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mytorch import nn

SHAPES = [(4, 3), (4,), (2, 3, 2, 2)]
rates = st.floats(1e-4, 0.5)
decays = st.sampled_from([0.0, 5e-4, 0.1])


def follow(ours, theirs, parameters, peers, seed):
    """Twelve steps over random gradients; the learning rate changes on the way."""
    rng = np.random.default_rng(seed)
    for step in range(12):
        gradients = [rng.standard_normal(p.shape) for p in parameters]
        kept = [g.copy() for g in gradients]
        if step == 6:
            ours.lr *= 0.1
            theirs.param_groups[0]["lr"] *= 0.1
        for peer, g in zip(peers, gradients, strict=True):
            peer.grad = torch.from_numpy(g.copy())
        ours.zero_grad()
        ours.step(gradients)
        theirs.step()
        for p, peer in zip(parameters, peers, strict=True):
            np.testing.assert_allclose(p, peer.detach().numpy(), rtol=1e-10, atol=1e-12)
        for g, k in zip(gradients, kept, strict=True):
            np.testing.assert_array_equal(g, k, "a gradient was written into")


def both_start(seed):
    rng = np.random.default_rng(seed)
    parameters = [rng.standard_normal(shape) for shape in SHAPES]
    return parameters, [torch.nn.Parameter(torch.from_numpy(p.copy())) for p in parameters]


@settings(deadline=None, max_examples=25)
@given(lr=rates, momentum=st.sampled_from([0.0, 0.5, 0.9]), decay=decays, seed=st.integers(0, 999))
def test_sgd_agrees_with_pytorch(lr, momentum, decay, seed):
    parameters, peers = both_start(seed)
    ours = nn.SGD(parameters, lr, momentum=momentum, weight_decay=decay)
    theirs = torch.optim.SGD(peers, lr, momentum=momentum, weight_decay=decay)
    follow(ours, theirs, parameters, peers, seed)


@settings(deadline=None, max_examples=25)
@given(
    lr=rates,
    betas=st.sampled_from([(0.9, 0.999), (0.0, 0.5), (0.5, 0.0)]),
    eps=st.sampled_from([1e-8, 1e-2]),
    decay=decays,
    seed=st.integers(0, 999),
)
def test_adam_agrees_with_pytorch(lr, betas, eps, decay, seed):
    parameters, peers = both_start(seed)
    ours = nn.Adam(parameters, lr, betas, eps, weight_decay=decay)
    theirs = torch.optim.Adam(peers, lr, betas, eps, weight_decay=decay)
    follow(ours, theirs, parameters, peers, seed)


@pytest.mark.parametrize("optimizer", [nn.SGD, nn.Adam])
def test_updates_in_place_and_keeps_dtype(optimizer):
    layer = nn.Linear(3, 2, rng=0)
    W, before = layer.W, layer.W.copy()
    layer.backward(layer.forward(np.ones((2, 3), np.float32)))
    stepper = optimizer(layer.get_parameters(), lr=np.float64(0.1))
    stepper.step(layer.get_gradients())
    assert layer.W is W
    assert W.dtype == np.float32
    assert (before != W).all()


@pytest.mark.parametrize("optimizer", [nn.SGD, nn.Adam])
def test_wrong_gradients_change_nothing(optimizer):
    w, b = np.ones((2, 3)), np.ones(3)
    stepper = optimizer([w, b])
    with pytest.raises(ValueError, match=r"got gradients of shapes \[\(2, 3\)\], wants"):
        stepper.step([np.ones((2, 3))])
    with pytest.raises(ValueError, match=r"\(1,\)\], wants \[\(2, 3\), \(3,\)\]"):
        stepper.step([np.ones((2, 3)), np.ones(1)])  # it would broadcast
    assert (w == 1).all()
    assert (b == 1).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.SGD([], lr=-1), "SGD: got lr = -1"),
        (lambda: nn.SGD([], momentum=1.0), "SGD: got momentum = 1.0"),
        (lambda: nn.SGD([], weight_decay=-0.1), "weight_decay = -0.1"),
        (lambda: nn.Adam([], lr=float("nan")), "Adam: got lr = nan"),
        (lambda: nn.Adam([], betas=(0.9, 1.0)), r"betas = \(0.9, 1.0\)"),
    ],
)
def test_impossible_rates(make, message):
    with pytest.raises(ValueError, match=message):
        make()
