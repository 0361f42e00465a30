"""The losses: PyTorch, closed-form values, extreme logits, wrong labels."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mytorch import nn


@settings(deadline=None, max_examples=60)
@given(
    batch=st.integers(1, 8),
    classes=st.integers(1, 7),
    scale=st.sampled_from([1e-3, 1.0, 1e2, 1e4]),
    one_hot=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_cross_entropy_agrees_with_pytorch(batch, classes, scale, one_hot, seed):
    rng = np.random.default_rng(seed)
    logits = scale * rng.standard_normal((batch, classes))
    labels = rng.integers(0, classes, batch)
    z = torch.from_numpy(logits).requires_grad_()
    expected = torch.nn.functional.cross_entropy(z, torch.from_numpy(labels))
    expected.backward()

    loss = nn.SoftmaxCrossEntropy()
    value = loss.forward(logits, np.eye(classes, dtype=int)[labels] if one_hot else labels)
    assert value == pytest.approx(expected.item(), rel=1e-10, abs=1e-10)
    np.testing.assert_allclose(loss.backward(), z.grad, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(loss.backward(2.5), 2.5 * z.grad, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_closed_forms(dtype):
    loss = nn.SoftmaxCrossEntropy()
    # Equal logits: log of the number of classes.
    assert loss.forward(np.full((3, 10), 7, dtype), np.array([0, 4, 9])) == pytest.approx(
        math.log(10), rel=2e-3
    )
    # A far-off logit: the loss is the distance, where log(softmax) would be −∞.
    with np.errstate(all="raise"):
        value = loss.forward(np.array([[1e4, 0]], dtype), np.array([1]))
    assert value == pytest.approx(1e4, rel=1e-3)
    gradient = loss.backward()
    assert gradient.dtype == dtype
    np.testing.assert_array_equal(gradient, [[1, -1]])


def test_probabilities_as_labels():
    logits = np.random.default_rng(0).standard_normal((4, 3))
    labels = np.random.default_rng(1).dirichlet(np.ones(3), 4)
    z = torch.from_numpy(logits).requires_grad_()
    expected = torch.nn.functional.cross_entropy(z, torch.from_numpy(labels))
    expected.backward()
    loss = nn.SoftmaxCrossEntropy()
    assert loss.forward(logits, labels) == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(loss.backward(), z.grad, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.array([0, 3]), r"labels from 0 to 3, wants 0 to 2"),
        (np.array([-1, 0]), r"labels from -1 to 0, wants 0 to 2"),
        (np.array([0, 1, 2]), r"labels of shape \(3,\).*integers \(2,\) or one-hot \(2, 3\)"),
        (np.array([[0], [1]]), r"labels of shape \(2, 1\)"),
        (np.array([0.0, 1.0]), r"dtype float64, wants integers"),
        (np.ones((2, 3)), r"wants sum 1"),
        (np.array([[2, -1, 0], [1, 0, 0]]), r"no distribution"),
    ],
)
def test_wrong_labels(labels, message):
    with pytest.raises(ValueError, match=message):
        nn.SoftmaxCrossEntropy().forward(np.zeros((2, 3)), labels)


def test_mse_agrees_with_pytorch():
    rng = np.random.default_rng(0)
    output, target = rng.standard_normal((2, 3, 4, 5))
    o = torch.from_numpy(output).requires_grad_()
    expected = torch.nn.functional.mse_loss(o, torch.from_numpy(target))
    expected.backward()
    loss = nn.MSELoss()
    assert loss.forward(output, target) == pytest.approx(expected.item(), rel=1e-14)
    np.testing.assert_allclose(loss.backward(), o.grad, rtol=1e-14)


def test_mse_does_not_broadcast():
    """(N, 1) against (N,) would silently be an N×N matrix of differences."""
    with pytest.raises(ValueError, match=r"shape \(4, 1\), wants that of the target, \(4,\)"):
        nn.MSELoss().forward(np.zeros((4, 1)), np.zeros(4))
