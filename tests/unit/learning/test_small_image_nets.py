"""Shapes, sizes and the parts of the networks for CIFAR-10."""

import numpy as np
import pytest
import torch

from proofsheet.learning.loop import parameter_count
from proofsheet.learning.small_image_nets import (
    BalancedNet,
    Detour,
    ResidualPair,
    Standardize,
    resnet32,
    two_layer,
    vanilla_cnn,
)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)


def as_bytes(images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(images).permute(0, 3, 1, 2)


@pytest.mark.parametrize(
    ("network", "parameters"),
    [(two_layer, 789258), (vanilla_cnn, 58826), (resnet32, 464154), (BalancedNet, None)],
)
def test_bytes_to_logits(images, network, parameters):
    model = network(images).eval()
    assert model(as_bytes(images)).shape == (20, 10)
    assert parameters is None or parameter_count(model) == parameters


def test_standardized_channels_have_mean_0_and_deviation_1(images):
    x = Standardize(images)(as_bytes(images)).double()
    assert x.mean(dim=(0, 2, 3)).abs().max() < 1e-5
    assert (x.std(dim=(0, 2, 3), correction=0) - 1).abs().max() < 1e-5
    assert x.is_contiguous(memory_format=torch.channels_last)


def test_one_color_is_not_divided_by_zero():
    gray = np.full((2, 4, 4, 3), 7, dtype=np.uint8)
    assert Standardize(gray)(as_bytes(gray)).abs().max() == 0


def test_a_detour_that_adds_nothing_changes_nothing():
    detour = Detour(5).eval()
    for layer in detour.path:
        torch.nn.init.zeros_(layer[0].matrix)
    x = torch.randn(2, 5, 4, 4)
    assert torch.equal(detour(x), x)


def test_a_thinning_pair_passes_every_second_pixel_and_new_channels_of_zeros():
    pair = ResidualPair(4, 8).eval()
    torch.nn.init.zeros_(pair.path[4].weight)
    x = torch.rand(1, 4, 6, 6)
    y = pair(x)
    assert torch.equal(y[:, 2:6], x[:, :, ::2, ::2])
    assert y[:, :2].abs().max() == y[:, 6:].abs().max() == 0


def test_our_own_network_learns_without_normalization_too(images):
    model = BalancedNet(images, widths=(4, 8, 8), normalize=False)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in model.modules())
    model(as_bytes(images)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_the_image_is_halved_three_times(images):
    model = BalancedNet(images).eval()
    x, shapes = as_bytes(images), []
    for layer in model.features:
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == [
        (3, 32, 32), (16, 32, 32), (44, 16, 16), (88, 8, 8), (88, 8, 8), (176, 4, 4), (176, 4, 4),
    ]  # fmt: skip
