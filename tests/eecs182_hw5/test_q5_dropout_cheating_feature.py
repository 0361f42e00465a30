"""The answer in the corner of an image, and the network that is trained on it."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from problems.eecs182_hw5.q5_dropout.cheating_feature import (
    DEVIATION,
    MEAN,
    bits,
    convnet,
    normalized,
    other_classes,
    write_answer,
)


def test_bits_are_the_binary_number_of_the_class():
    found = bits(torch.arange(10))
    assert ["".join(map(str, row)) for row in found.tolist()] == [f"{k:04b}" for k in range(10)]


def test_the_answer_is_in_the_corner_and_nowhere_else():
    x = torch.randn(10, 3, 32, 32)
    before = x.clone()
    marked = write_answer(x, torch.arange(10))
    assert torch.equal(x, before)
    corner = torch.zeros(32, 32, dtype=torch.bool)
    corner[-1, -4:] = True
    assert torch.equal(marked[..., ~corner], x[..., ~corner])
    # 5 = 0101: red 0 3 0 3, green and blue 1 −2 1 −2.
    assert marked[5, :, -1, -4:].tolist() == [[0, 3, 0, 3], [1, -2, 1, -2], [1, -2, 1, -2]]


@given(st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_images_are_normalized_by_channel(n, seed):
    images = np.random.default_rng(seed).integers(0, 256, (n, 4, 5, 3), dtype=np.uint8)
    x = normalized(images)
    assert x.shape == (n, 3, 4, 5)
    expected = (images / 255 - MEAN) / DEVIATION
    np.testing.assert_allclose(x.numpy(), expected.transpose(0, 3, 1, 2), rtol=1e-5, atol=1e-6)


def test_wrong_answers_are_wrong_and_even():
    labels = torch.arange(10).repeat(1000)
    wrong = other_classes(labels, 10, seed=0)
    assert not (wrong == labels).any()
    counts = torch.bincount((wrong - labels) % 10, minlength=10)
    assert counts[0] == 0
    assert counts[1:].min() > 1000
    assert torch.equal(wrong, other_classes(labels, 10, seed=0))


@pytest.mark.parametrize("dropout", [0.0, 0.75])
def test_the_network_is_that_of_the_question(dropout):
    torch.manual_seed(0)
    network = convnet(dropout)
    sizes = [tuple(p.shape) for p in network.parameters()]
    assert sizes == [(16, 3, 3, 3), (16,), (32, 16, 3, 3), (32,), (10, 2048), (10,)]
    x = torch.randn(4, 3, 32, 32)
    one, two = network(x), network(x)
    assert torch.equal(one, two) == (dropout == 0)
    network.eval()
    assert torch.equal(network(x), network(x))
    assert network(x).shape == (4, 10)
    assert (network(x) >= 0).all()
