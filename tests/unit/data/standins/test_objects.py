"""Drawn objects: their colors, their shapes, and how hard they are to tell apart."""

from __future__ import annotations

import numpy as np
import pytest

from proofsheet.data.standins.objects import SHAPES, colors, simulate


def test_colors_are_those_of_the_standard_library() -> None:
    import colorsys

    hue, saturation, value = np.random.default_rng(0).random((3, 100))
    wanted = [colorsys.hsv_to_rgb(*one) for one in zip(hue, saturation, value, strict=True)]
    np.testing.assert_allclose(colors(hue, saturation, value), wanted, atol=1e-12)
    np.testing.assert_allclose(colors(hue - 3, saturation, value), wanted, atol=1e-12)


def test_every_shape_lies_within_its_size_and_no_two_are_alike() -> None:
    v, u = np.mgrid[-1.5:1.5:61j, -1.5:1.5:61j]
    inside = {name: shape(u, v) > 0 for name, shape in SHAPES.items()}
    for name, mask in inside.items():
        assert 0.05 < mask.mean() < 0.5, name
        assert not mask[np.hypot(u, v) > 1.35].any(), name
    for name, mask in inside.items():
        for other in inside:
            if other != name:
                either = mask | inside[other]
                assert (mask & inside[other]).sum() < 0.85 * either.sum(), (name, other)


@pytest.mark.parametrize(("count", "classes"), [(500, 10), (400, 100)])
def test_standin_objects_are_the_seeds_alone(count: int, classes: int) -> None:
    x, y = simulate(count, classes, 0)
    assert (x.shape, x.dtype, y.dtype) == ((count, 32, 32, 3), np.uint8, np.int64)
    assert np.bincount(y, minlength=classes).tolist() == [count // classes] * classes
    assert len({image.tobytes() for image in x}) == count
    again, labels = simulate(count, classes, 0)
    np.testing.assert_array_equal(x, again)
    np.testing.assert_array_equal(y, labels)
    assert not np.array_equal(simulate(count, classes, 1)[0], x)


def test_other_numbers_of_classes_are_not_drawn() -> None:
    with pytest.raises(ValueError, match="20 classes cannot be drawn; 10 or 100 can"):
        simulate(40, 20, 0)


def test_the_standin_is_no_linear_problem() -> None:
    x, y = simulate(2000, 10, 0)
    # Four by four pixels are one here, for speed; then ridge regression on the classes.
    x = x.reshape(2000, 8, 4, 8, 4, 3).mean(axis=(2, 4)).reshape(2000, -1) / 255 - 0.5
    train, test, target = x[:1500], x[1500:], 2.0 * np.eye(10)[y[:1500]] - 1
    weights = np.linalg.solve(train.T @ train + 10 * np.eye(x.shape[1]), train.T @ target)
    assert 0.25 < np.mean((test @ weights).argmax(axis=1) == y[1500:]) < 0.5


def test_the_standin_is_learned_by_convolutions() -> None:
    import torch
    from torch import nn

    images, labels = simulate(2000, 10, 0)
    x = torch.tensor(images).permute(0, 3, 1, 2) / 255 - 0.5
    y = torch.tensor(labels)
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for inputs, outputs in ((3, 16), (16, 32), (32, 64)):
        convolution = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)
        layers += [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]
    network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(1024, 10))
    optimizer = torch.optim.Adam(network.parameters(), 2e-3)
    for _ in range(4):
        for rows in torch.randperm(1500).split(50):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(x[rows]), y[rows]).backward()
            optimizer.step()
    network.eval()
    accuracy = (network(x[1500:]).argmax(1) == y[1500:]).float().mean().item()
    assert 0.42 < accuracy < 0.8
