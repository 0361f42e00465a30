"""Radiographs as a network takes them: exposure taken out, and changes that leave them radiographs.

A child may lie a little turned, nearer or further; a picture may be darker or flatter. So images
are turned, shifted, scaled and re-exposed at random. They are never mirrored or turned upside down:
the heart is on the left, and a picture in which it is not shows another finding.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

LEVEL, SPREAD = 0.45, 0.225
"""Mean and deviation that every image gets: about those of ImageNet's images."""

TURN, SHIFT, ZOOM = math.radians(10), 0.08, 0.15
"""Largest angle, shift in half sides, and change of scale, across and down."""

GAMMA, FALL, SHARPNESS = 0.3, 0.15, 0.7
"""Deviations of the logarithms of gamma and of the exposure at nine places of the film; largest
share of an image that is replaced by its local mean, or with the other sign, sharpened."""


def gray(images: np.ndarray, rows: np.ndarray | Tensor) -> Tensor:
    """Picked images of uint8 (n, h, w) as float32 (b, 1, h, w) in [0, 1]."""
    picked = np.ascontiguousarray(images[np.asarray(rows)])
    return torch.from_numpy(picked).unsqueeze(1).to(torch.float32).div_(255)


def standardized(x: Tensor) -> Tensor:
    """Each image (b, 1, h, w) with mean `LEVEL` and deviation `SPREAD`.

    What an exposure does to all pixels alike, p ↦ a p + b with a > 0, is gone afterwards.
    """
    mean = x.mean(dim=(2, 3), keepdim=True)
    deviation = (x - mean).square().mean(dim=(2, 3), keepdim=True).sqrt()
    return LEVEL + SPREAD * (x - mean) / deviation.clamp_min(1e-6)


def resampled(x: Tensor, side: int, change: Tensor | None = None) -> Tensor:
    """Images (b, 1, h, w) on a grid of `side` × `side`, seen through affine maps (b, 2, 3)."""
    if change is None:
        change = torch.eye(2, 3, device=x.device).expand(len(x), 2, 3)
    # As `affine_grid` has it, which takes four times as long for its product with (x, y, 1).
    middles = (2 * torch.arange(side, device=x.device) + 1) / side - 1
    grid = torch.empty(len(x), side, side, 2, device=x.device)
    for axis in range(2):
        by_x, by_y, shift = change[:, axis, :, None, None].unbind(1)
        torch.add(by_x * middles + shift, by_y * middles[:, None], out=grid[..., axis])
    return functional.grid_sample(
        x, grid, mode="bilinear", padding_mode="zeros", align_corners=False
    )


def network_input(x: Tensor, side: int) -> Tensor:
    """As the network sees an image when it is judged: (b, 1, side, side)."""
    return standardized(resampled(x, side))


def augmented(x: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """As the network sees an image while it learns: as another machine might have taken it.

    Turned, shifted and stretched; exposed with another gamma, not evenly over the film, and a
    little sharper or softer.

    Args:
        x: (b, 1, h, w) in [0, 1].
        side: of the result (b, 1, side, side), which is standardized.
        generator: on the CPU, so that every device gets the same changes.
    """
    b = len(x)

    def uniform(limit: float) -> Tensor:
        return (2 * torch.rand(b, generator=generator) - 1) * limit

    angle, across, down = uniform(TURN), uniform(SHIFT), uniform(SHIFT)
    wide, high = 1 + uniform(ZOOM), 1 + uniform(ZOOM)
    rows = [wide * angle.cos(), -high * angle.sin(), across]
    rows += [wide * angle.sin(), high * angle.cos(), down]
    change = torch.stack(rows, dim=1).view(b, 2, 3)
    gamma = torch.exp(GAMMA * torch.randn(b, 1, 1, 1, generator=generator))
    places = torch.exp(FALL * torch.randn(b, 1, 3, 3, generator=generator))
    soft = uniform(SHARPNESS).view(b, 1, 1, 1)
    seen = resampled(x, side, change.to(x.device)).clamp_min(1e-4) ** gamma.to(x.device)
    seen = seen * functional.interpolate(
        places.to(x.device), (side, side), mode="bilinear", align_corners=True
    )
    return standardized(torch.lerp(seen, local_mean(seen), soft.to(x.device)))


def local_mean(x: Tensor) -> Tensor:
    """Of the 3 × 3 pixels around each, those at the edge repeated: (b, 1, h, w), alike.

    Six sums of shifted images; `avg_pool2d` takes ten times as long.
    """
    x = functional.pad(x, (1, 1, 1, 1), mode="replicate")
    x = x[..., :-2] + x[..., 1:-1] + x[..., 2:]
    return (x[..., :-2, :] + x[..., 1:-1, :] + x[..., 2:, :]) / 9
