"""A network for 28 × 28 color images of blood cells, and what a hematologist might look at in one.

The features are few and named, so that differences between two groups of images can be
described. Stained nuclei absorb green light; that is how the nucleus is found.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from proofsheet.learning.recipes import AdamRecipe

SIZES = (2352, 256, 128, 8)
RECIPES = {
    "mlp": AdamRecipe(epochs=30, batch=64, learning_rate=1e-3),
    "better": AdamRecipe(epochs=30, batch=64, learning_rate=1e-3, decay="cosine"),
}


def scaled(images: np.ndarray, device: torch.device | str = "cpu") -> Tensor:
    """Images uint8 (n, 28, 28, 3) as float32 (n, 3, 28, 28) in [0, 1], as `ToTensor` does."""
    x = torch.from_numpy(np.ascontiguousarray(images)).to(device)
    return x.permute(0, 3, 1, 2).to(torch.float32).div_(255).contiguous()


def turned(x: Tensor, generator: torch.Generator) -> Tensor:
    """Each image of a batch (b, c, h, h) mirrored, upside down and transposed, or not.

    A cell on a slide has no upright position: all eight of these are images of the same cell.
    """
    for change in (lambda t: t.flip(3), lambda t: t.flip(2), lambda t: t.transpose(2, 3)):
        coin = torch.rand(len(x), 1, 1, 1, generator=generator, device=x.device) < 0.5
        x = torch.where(coin, change(x), x)
    return x


def all_turned(x: Tensor) -> list[Tensor]:
    """The eight images that `turned` may make of each, eight times (n, c, h, h)."""
    sides = [v for t in (x, x.transpose(2, 3)) for v in (t, t.flip(2))]
    return [v for side in sides for v in (side, side.flip(3))]


def standardize(x: Tensor, like: Tensor) -> Tensor:
    """Minus the mean and over the deviation that each channel of `like` (n, c, h, h) has."""
    mean, std = like.mean(dim=(0, 2, 3), keepdim=True), like.std(dim=(0, 2, 3), keepdim=True)
    return (x - mean) / std


FEATURES = (
    "brightness",
    "redness",
    "contrast",
    "nucleus_size",
    "nucleus_depth",
    "outline",
    "granularity",
)


def features(images: np.ndarray) -> np.ndarray:
    """Seven numbers per image, in the order of `FEATURES`: uint8 (n, 28, 28, 3) to (n, 7).

    Brightness, redness (red minus blue) and contrast (standard deviation of green) are of the
    whole image. The stained area is what Otsu's threshold on green separates; its outline is the
    length of its boundary over the square root of its area; granularity is the mean difference of
    green between neighboring pixels on the same side of the threshold.
    """
    x = images.astype(np.float64) / 255
    red, green, blue = np.moveaxis(x, -1, 0)
    stained = green <= otsu(green)[:, None, None]
    area = np.maximum(stained.sum(axis=(1, 2)), 1)
    boundary, steps, pairs = np.zeros((3, len(x)))
    for axis in (1, 2):
        crossing = np.diff(stained, axis=axis)  # of truth values: where they differ
        step = np.abs(np.diff(green, axis=axis))
        boundary += crossing.sum(axis=(1, 2))
        steps += (step * ~crossing).sum(axis=(1, 2))
        pairs += (~crossing).sum(axis=(1, 2))
    return np.stack(
        [
            x.mean(axis=(1, 2, 3)),
            (red - blue).mean(axis=(1, 2)),
            green.std(axis=(1, 2)),
            stained.mean(axis=(1, 2)),
            (green * stained).sum(axis=(1, 2)) / area,
            boundary / np.sqrt(area),
            steps / np.maximum(pairs, 1),
        ],
        axis=1,
    )


def otsu(values: np.ndarray, bins: int = 64) -> np.ndarray:
    """Otsu's threshold of each image (n, …) in [0, 1]: the largest variance between both sides."""
    flat = np.clip((values.reshape(len(values), -1) * bins).astype(int), 0, bins - 1)
    counts = np.zeros((len(flat), bins))
    np.add.at(counts, (np.arange(len(flat))[:, None], flat), 1)
    share = counts.cumsum(axis=1) / flat.shape[1]
    mass = (counts * (np.arange(bins) + 0.5)).cumsum(axis=1) / flat.shape[1]
    spread = share * (1 - share)
    between = (mass[:, -1:] * share - mass) ** 2 / np.where(spread > 0, spread, np.inf)
    return (between.argmax(axis=1) + 1) / bins


def differences(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Mean of `first` minus mean of `second`, in standard deviations of `second`: (·, F) to (F,).

    Zero where a side has no rows, or no spread.
    """
    if len(first) == 0 or len(second) < 2:
        return np.zeros(first.shape[1])
    deviation = second.std(axis=0, ddof=1)
    gap = first.mean(axis=0) - second.mean(axis=0)
    return np.divide(gap, deviation, out=np.zeros_like(gap), where=deviation > 0)


def named(standardized: np.ndarray) -> dict[str, float]:
    """The same differences by the names of the features."""
    return dict(zip(FEATURES, standardized.tolist(), strict=True))
