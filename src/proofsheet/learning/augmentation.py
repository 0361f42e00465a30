"""Random changes of images that keep what is on them: mirrored, moved.

Images are bytes in rows of pixels, (b, h, w, 3): one gather moves and mirrors a whole batch, and
`as_input` turns it into what a network takes without a copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


def as_input(images: Tensor) -> Tensor:
    """(b, h, w, 3) seen as (b, 3, h, w), in the memory format `channels_last`."""
    return images.permute(0, 3, 1, 2)


def smaller(images: Tensor, side: int) -> Tensor:
    """Bytes (b, 3, h, w) at a lower resolution, (b, 3, side, side) float32 from 0 to 255.

    Each new pixel is a mean of those that it covers, weighted by distance, so that nothing that is
    too fine for it is left as noise.
    """
    return functional.interpolate(
        images.float(), (side, side), mode="bilinear", antialias=True, align_corners=False
    )


@dataclass(frozen=True)
class Growing:
    """A `loop.View` of bytes (b, h, w, 3): channels first, and smaller in the first epochs.

    Attributes:
        sides: pixels of the side in the first epochs; after them the images are whole.
    """

    sides: tuple[int, ...] = ()

    def __call__(self, images: Tensor, epoch: int | None) -> Tensor:
        """(b, 3, side, side)."""
        if epoch is None or epoch >= len(self.sides):
            return as_input(images)
        return smaller(as_input(images), self.sides[epoch])


def mirrored(images: Tensor) -> Tensor:
    """Left and right exchanged: (b, h, w, 3) or, with the columns second last, any shape."""
    return images.flip(-2)


@dataclass(frozen=True)
class Augmentation:
    """What is done to each image, independently of the others.

    Attributes:
        mirror: whether every second image, on average, is mirrored.
        reach: largest shift in pixels, along each axis; what comes in is reflected at the edge.
    """

    mirror: bool = True
    reach: int = 2

    def __call__(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Bytes (b, h, w, 3) to new ones of the same shape; all chance is from `generator`."""
        count, height, width, _ = images.shape
        device = images.device

        def draw(low: int, high: int) -> Tensor:
            return torch.randint(low, high, (count, 1), generator=generator, device=device)

        down, right = draw(-self.reach, self.reach + 1), draw(-self.reach, self.reach + 1)
        rows = reflected(torch.arange(height, device=device) + down, height)
        columns = reflected(torch.arange(width, device=device) + right, width)
        if self.mirror:
            columns = torch.where(draw(0, 2) == 1, width - 1 - columns, columns)
        each = torch.arange(count, device=device)[:, None, None]
        return images[each, rows[:, :, None], columns[:, None, :]]


def reflected(index: Tensor, size: int) -> Tensor:
    """Indices outside 0 … size − 1 reflected at its ends: −1 → 1, size → size − 2."""
    index = index.abs()
    return size - 1 - (size - 1 - index).abs()
