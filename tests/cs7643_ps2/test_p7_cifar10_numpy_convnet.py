"""The NumPy ConvNet: its shape, its centering, and that it learns."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch

from mytorch.nn.optim import SGD
from mytorch.training import fit, logits_of
from problems.cs7643_ps2.p7_cifar10.numpy_convnet import centered, convnet


def test_its_parameters_are_those_of_the_text():
    shapes = [p.shape for p in convnet(0).get_parameters()]
    assert shapes == [(32, 3, 5, 5), (32,), (10, 8192), (10,)]


def test_it_is_pytorch_s_network():
    model = convnet(0, channels=4, side=8, dtype=np.float64)
    x = np.random.default_rng(1).standard_normal((2, 3, 8, 8))
    kernels, bias, weights, shift = (torch.tensor(p) for p in model.get_parameters())
    y = torch.relu(torch.nn.functional.conv2d(torch.tensor(x), kernels, bias, padding=2))
    y = torch.nn.functional.max_pool2d(y, 2).flatten(1) @ weights.T + shift
    np.testing.assert_allclose(model.forward(x), y.numpy(), rtol=1e-10)


def test_the_mean_image_is_subtracted():
    images = np.random.default_rng(0).integers(0, 256, (7, 4, 4, 3), dtype=np.uint8)
    x = centered(images, images.mean(axis=0))
    assert x.shape == (7, 3, 4, 4)
    assert x.dtype == np.float32
    assert np.abs(x.mean(axis=0)).max() < 1e-4
    assert x[2, 1, 3, 0] == np.float32(images[2, 3, 0, 1]) - np.float32(images[:, 3, 0, 1].mean())


def test_it_learns_a_few_images_by_heart():
    rng = np.random.default_rng(0)
    images, y = rng.integers(0, 256, (20, 8, 8, 3), dtype=np.uint8), rng.integers(0, 10, 20)
    model, prepare = convnet(0, channels=16, side=8), partial(centered, mean=images.mean(axis=0))
    optimizer = SGD(model.get_parameters(), 1e-4, 0.9, 1e-3)
    curves = fit(model, images, y, optimizer, epochs=30, batch=10, rng=rng, prepare=prepare)
    assert curves["loss"].shape == (30, 2)
    assert curves["loss"][-1].mean() < curves["loss"][0].mean()
    assert (logits_of(model, images, prepare=prepare, batch=6).argmax(axis=1) == y).mean() > 0.9
