"""Networks for 32 × 32 color images (CS 7643 PS 2, problem 7); they take bytes and give logits.

Two are the text's, one is a design of our own, and ResNet-32 is the published one on which
re-weighting is compared. Bytes come in, so that a data set on the device is a quarter of the size;
`Standardize`, the first layer of each, makes numbers of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

CLASSES = 10
WIDTHS = (16, 44, 88, 176)
LOGIT_SCALE = 1 / 8
"""The linear layer of `BalancedNet` sees maxima, more than a hundred: its steps would be wild."""


class Standardize(nn.Module):
    """Bytes (b, 3, h, w) to float32, each channel with mean 0 and deviation 1 over `images`.

    Args:
        images: uint8 (n, h, w, 3), those that the network is trained on.
    """

    def __init__(self, images: np.ndarray) -> None:
        super().__init__()
        counts = [np.bincount(images[..., c].ravel(), minlength=256) for c in range(3)]
        shares = np.stack(counts) / images[..., 0].size
        mean = shares @ np.arange(256)
        deviation = np.sqrt(shares @ np.arange(256) ** 2 - mean**2)
        for name, value in (("mean", mean), ("deviation", np.maximum(deviation, 1e-6))):
            self.register_buffer(name, torch.tensor(value, dtype=torch.float32).view(1, 3, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(x − mean) / deviation, in the memory format of `x`."""
        return (x.float() - self.mean) / self.deviation


def two_layer(images: np.ndarray) -> nn.Sequential:
    """3072 → 256 → 10 with a sigmoid between (part 2)."""
    return nn.Sequential(
        Standardize(images), nn.Flatten(), nn.Linear(3072, 256), nn.Sigmoid(),
        nn.Linear(256, CLASSES),
    )  # fmt: skip


def vanilla_cnn(images: np.ndarray) -> nn.Sequential:
    """Convolution 7 × 7 to 32 channels, no padding; ReLU; max pooling 2 × 2; linear (part 2)."""
    return nn.Sequential(
        Standardize(images),
        nn.Conv2d(3, 32, 7),  # 32 → 26
        nn.ReLU(),
        nn.MaxPool2d(2, 2),  # 26 → 13
        nn.Flatten(),
        nn.Linear(32 * 13 * 13, CLASSES),
    ).to(memory_format=torch.channels_last)


class Filters(nn.Module):
    """3 × 3 convolution, padding 1, no bias; its weights are a matrix: a filter of 9·c in each row.

    A matrix is what Muon takes, and in this order (place before channel) it is, without a copy,
    the kernel in `channels_last`.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.inputs = inputs
        self.matrix = nn.Parameter(torch.randn(outputs, 9 * inputs) / math.sqrt(9 * inputs))

    def forward(self, x: Tensor) -> Tensor:
        """(b, inputs, h, w) → (b, outputs, h, w)."""
        kernels = self.matrix.view(-1, 3, 3, self.inputs).permute(0, 3, 1, 2)
        return functional.conv2d(x, kernels, padding=1)


class Layer(nn.Sequential):
    """Convolution, then the largest of each 2 × 2 places if `halve`, batch normalization, GELU."""

    def __init__(
        self, inputs: int, outputs: int, *, halve: bool = False, normalize: bool = True
    ) -> None:
        pool = [nn.MaxPool2d(2)] if halve else []
        norm = [nn.BatchNorm2d(outputs)] if normalize else []
        super().__init__(Filters(inputs, outputs), *pool, *norm, nn.GELU())


class Detour(nn.Module):
    """x + F(x), F two layers: what is there stays, and F adds to it."""

    def __init__(self, width: int, *, normalize: bool = True) -> None:
        super().__init__()
        self.path = nn.Sequential(
            Layer(width, width, normalize=normalize), Layer(width, width, normalize=normalize)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Of the shape of `x`."""
        return x + self.path(x)


class BalancedNet(nn.Module):
    """The design of our own: a thin layer on whole images, then three halvings.

    The second and the third double the channels and have a detour after them; with these widths
    each of the four takes the same arithmetic. The first has no detour: at 16 × 16 it would take
    more time than it is worth. The largest value of each channel over the image goes to the linear
    layer.
    """

    def __init__(
        self,
        images: np.ndarray,
        widths: Sequence[int] = WIDTHS,
        *,
        normalize: bool = True,
        classes: int = CLASSES,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [Standardize(images), Layer(3, widths[0], normalize=normalize)]
        layers.append(Layer(widths[0], widths[1], halve=True, normalize=normalize))
        for before, width in pairwise(widths[1:]):
            layers += [
                Layer(before, width, halve=True, normalize=normalize),
                Detour(width, normalize=normalize),
            ]
        self.features = nn.Sequential(*layers)
        self.classify = nn.Linear(widths[-1], classes)

    def forward(self, x: Tensor) -> Tensor:
        """Bytes (b, 3, 32, 32) → logits (b, classes)."""
        return LOGIT_SCALE * self.classify(self.features(x).amax(dim=(2, 3)))


class ResidualPair(nn.Module):
    """Two 3 × 3 convolutions around which the input passes; with stride 2 it is thinned out and
    given channels of zeros (He et al. 2016, option A)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.stride = 1 if inputs == outputs else 2
        self.new = outputs - inputs
        self.path = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, self.stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(b, inputs, h, w) → (b, outputs, h / stride, w / stride)."""
        added = self.path(x)
        if self.new:
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.new // 2, self.new // 2))
        return functional.relu(x + added)


class Mean(nn.Module):
    """Of each channel over the image: (b, c, h, w) → (b, c)."""

    def forward(self, x: Tensor) -> Tensor:
        """The mean over both axes."""
        return x.mean(dim=(2, 3))


def resnet32(images: np.ndarray) -> nn.Sequential:
    """ResNet-32 for CIFAR-10 (He et al. 2016, section 4.2): 6n + 2 layers with n = 5."""
    layers: list[nn.Module] = [
        Standardize(images), nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16),
        nn.ReLU(),
    ]  # fmt: skip
    channels = 16
    for width in (16, 32, 64):
        for _ in range(5):
            layers.append(ResidualPair(channels, width))
            channels = width
    model = nn.Sequential(*layers, Mean(), nn.Linear(channels, CLASSES))
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    return model.to(memory_format=torch.channels_last)
