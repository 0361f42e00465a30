"""SqueezeNet 1.1 for gray images, cut into the blocks that transfer learning freezes or drops.

Iandola et al. 2016, arXiv 1602.07360, in the form of torchvision's `squeezenet1_1`, whose parameter
names it knows, so that its weights load as they are. Two things differ. Gray images have three
equal channels, so the first convolution is folded into one channel, exactly (`gray_stem`). And the
head is an average over the map, dropout and a linear layer, whose Grad-CAM sums the last maps.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from proofsheet.jobs.errors import UserError

BLOCKS = ("conv1", *(f"fire{k}" for k in range(2, 10)))
"""The nine blocks, in their order; a pooling belongs to the block after it."""

WIDTHS = (64, 128, 128, 256, 256, 384, 384, 512, 512)
"""Channels that leave each block."""

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's channels, for which the published weights are made."""

STEM = "features.0"
_SQUEEZE = (16, 16, 32, 32, 48, 48, 64, 64)
_POOLED = ("fire2", "fire4", "fire6")
NUMBERS = (0, 3, 4, 6, 7, 9, 10, 11, 12)
"""The blocks' numbers in torchvision's `features`, which count ReLU and poolings, too."""


class Fire(nn.Module):
    """Squeeze to few channels by 1×1, expand by 1×1 and 3×3 side by side: (b, c, h, w) alike.

    The last ReLU is left to the caller.
    """

    def __init__(self, inputs: int, squeezed: int, outputs: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, outputs // 2, 1)
        self.expand3x3 = nn.Conv2d(squeezed, outputs // 2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.squeeze(x))
        return torch.cat([self.expand1x1(x), self.expand3x3(x)], dim=1)


class SqueezeNet(nn.Module):
    """The first blocks of SqueezeNet 1.1 and a linear head: (b, 1, h, w) to logits (b, classes).

    Args:
        blocks: how many of the nine are kept.
        dropout: rate before the linear layer.
    """

    def __init__(self, blocks: int = 9, classes: int = 2, dropout: float = 0.2) -> None:
        super().__init__()
        self.features = nn.ModuleDict()
        for name, (inputs, outputs), squeezed in zip(
            BLOCKS[:blocks], pairwise((1, *WIDTHS)), (0, *_SQUEEZE), strict=False
        ):
            self.features[name] = (
                nn.Conv2d(inputs, outputs, 3, stride=2)
                if name == "conv1"
                else Fire(inputs, squeezed, outputs)
            )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(WIDTHS[blocks - 1], classes)
        self.to(memory_format=torch.channels_last)

    def run(self, x: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Maps (b, c, h, w) through the blocks `start` … `stop` − 1."""
        names = list(self.features)[start:stop]
        if names and names[0] in _POOLED:
            x = _pooled(x)
        for name, following in zip(names, [*names[1:], ""], strict=False):
            x = self.features[name](x)
            if following in _POOLED:
                # The largest of ReLUs is the ReLU of the largest, on a quarter of the places.
                x = _pooled(x)
            x = torch.relu(x)
        return x

    def classify(self, maps: Tensor) -> Tensor:
        """Logits (b, classes) of the last maps (b, c, h, w) or of their means (b, c)."""
        pooled = maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps
        return self.head(self.dropout(pooled))

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        """Logits of images, or of what leaves block `start`."""
        return self.classify(self.run(x, start))


def _pooled(x: Tensor) -> Tensor:
    return nn.functional.max_pool2d(x, 3, 2, ceil_mode=True)


def published_shapes() -> dict[str, tuple[int, ...]]:
    """Shapes of the convolutions by torchvision's names, the first one with three channels."""
    shapes = {
        _published(name): tuple(value.shape)
        for name, value in SqueezeNet().state_dict().items()
        if not name.startswith("head")
    }
    return shapes | {f"{STEM}.weight": (64, 3, 3, 3)}


def verified(state: Mapping[str, np.ndarray], origin: str) -> dict[str, np.ndarray]:
    """The convolutions of a published state, if all are there, in their shapes, and finite.

    Args:
        state: arrays by torchvision's names; others than the convolutions are left out.

    Raises:
        UserError: one is missing, has another shape, or is not finite.
    """
    found = {}
    for name, shape in published_shapes().items():
        if name not in state:
            raise UserError(
                f"{origin} has no '{name}' (it has: {', '.join(list(state)[:4]) or 'nothing'} …);"
                " needed: the state of torchvision's squeezenet1_1; use another file"
            )
        value = np.asarray(state[name])
        if value.shape != shape or value.dtype.kind != "f" or not np.isfinite(value).all():
            raise UserError(
                f"{origin}: '{name}' is {value.shape} {value.dtype}"
                f"{'' if value.shape != shape else ' with other values than finite numbers'},"
                f" needed: {shape} finite floating-point numbers; use another file"
            )
        found[name] = value.astype(np.float32)
    return found


def gray_stem(weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First convolution for one channel, equal to that for three equal, normalized channels.

    With x_c = (p − m_c) / s_c, Σ_c w_c ⋆ x_c + b = (Σ_c w_c / s_c) ⋆ p + b − Σ_c m_c / s_c Σ w_c.

    Args:
        weight: (o, 3, k, k).
        bias: (o,).
    """
    mean, deviation = np.array(MEAN), np.array(DEVIATION)
    scaled = weight / deviation[:, None, None]
    shift = (scaled * mean[:, None, None]).sum(axis=(1, 2, 3))
    return scaled.sum(axis=1, keepdims=True), bias - shift


def gray_state(published: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Verified weights by this module's names, for images of one channel."""
    weight, bias = gray_stem(published[f"{STEM}.weight"], published[f"{STEM}.bias"])
    state = {**published, f"{STEM}.weight": weight, f"{STEM}.bias": bias}
    names = [name for name in SqueezeNet().state_dict() if name.startswith("features.")]
    return {name: np.asarray(state[_published(name)], np.float32) for name in names}


def load_blocks(model: SqueezeNet, state: Mapping[str, np.ndarray]) -> None:
    """Put weights from `gray_state` into the blocks that `model` has; its head stays as it is."""
    with torch.no_grad():
        for name, parameter in model.features.named_parameters():
            parameter.copy_(torch.from_numpy(np.array(state[f"features.{name}"])))


def random_state(seed: int) -> dict[str, np.ndarray]:
    """Random weights as the publisher draws them: He's for the convolutions, zero biases."""
    generator = torch.Generator().manual_seed(seed)
    published = {}
    for name, shape in published_shapes().items():
        value = torch.zeros(shape)
        if name.endswith("weight"):
            nn.init.kaiming_uniform_(value, generator=generator)
        published[name] = value.numpy()
    return gray_state(published)


def _published(name: str) -> str:
    """`features.fire4.squeeze.weight` here is `features.6.squeeze.weight` there."""
    _, block, rest = name.split(".", 2)
    return f"features.{NUMBERS[BLOCKS.index(block)]}.{rest}"
